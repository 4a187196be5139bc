/** Mobile data: whether it is on, at home and abroad, and whether it is saved. */

import type { Telecom } from "../database.js";
import { asksToChange, happens, looks, onOff, type Part, toggles } from "./part.js";
import { searchNetwork } from "./phone.js";
import { speedOf } from "./speed.js";

function setData(db: Telecom, on: boolean): boolean {
  db.device.data_enabled = on;
  searchNetwork(db);
  return on;
}

function setRoaming(db: Telecom, on: boolean): boolean {
  db.device.roaming_enabled = on;
  searchNetwork(db);
  return on;
}

export const mobileData: Part = {
  tools: [
    toggles({
      name: "toggle_data",
      description: "Turns mobile data on, or off where they are on.",
      asked: asksToChange("(?:mobile|cellular) data(?! roaming)"),
      says: "Mobile data are",
      turn: (db) => setData(db, !db.device.data_enabled),
    }),
    toggles({
      name: "toggle_roaming",
      description: "Turns data roaming on, or off where it is on: mobile data in networks of others, as abroad.",
      asked: asksToChange("roaming"),
      says: "Data roaming is",
      turn: (db) => setRoaming(db, !db.device.roaming_enabled),
    }),
    looks({
      name: "check_data_restriction_status",
      description: "Whether something holds mobile data back, as the data saver does.",
      asked: /data (?:restriction|saver[^.?!]*(?:status|on\b|active|enabled))/i,
      run: ({ device }) => `The data saver is ${onOff(device.data_saver_mode)}.`,
    }),
    toggles({
      name: "toggle_data_saver_mode",
      description: "Turns the data saver on, or off where it is on. It makes mobile data slower.",
      asked: asksToChange("data saver"),
      says: "The data saver is",
      turn({ device }) {
        device.data_saver_mode = !device.data_saver_mode;
        return device.data_saver_mode;
      },
    }),
    looks({
      name: "run_speed_test",
      description: "Measures how fast mobile data come in.",
      asked: /speed ?test|(?:test|check|measure)[^.?!]*speed/i,
      run(db) {
        const speed = speedOf(db);
        return speed ? `${speed.mbps} Mbit/s, which is ${speed.called}.` : "The test failed: there is no connection.";
      },
    }),
  ],
  happenings: [
    // As the benchmark has it: the phone does not look for a network then.
    happens("turn_data_on", ({ device }) => {
      device.data_enabled = true;
    }),
    happens("turn_data_off", (db) => void setData(db, false)),
    happens("turn_roaming_on", (db) => void setRoaming(db, true)),
    happens("turn_roaming_off", (db) => void setRoaming(db, false)),
    happens("turn_data_saver_mode_on", ({ device }) => {
      device.data_saver_mode = true;
    }),
    happens("turn_data_saver_mode_off", ({ device }) => {
      device.data_saver_mode = false;
    }),
  ],
};
