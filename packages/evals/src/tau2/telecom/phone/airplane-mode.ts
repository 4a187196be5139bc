/** Airplane mode: no network, no Wi-Fi, no VPN. */

import type { Telecom } from "../database.js";
import { asksToChange, happens, type Part, toggles } from "./part.js";
import { searchNetwork } from "./phone.js";
import { leaveVpn } from "./vpn.js";
import { leaveWifi } from "./wifi.js";

function setAirplaneMode(db: Telecom, on: boolean): boolean {
  db.device.airplane_mode = on;
  if (on || db.device.wifi_enabled) leaveWifi(db);
  if (on) leaveVpn(db);
  searchNetwork(db);
  return on;
}

export const airplaneMode: Part = {
  tools: [
    toggles({
      name: "toggle_airplane_mode",
      description: "Turns airplane mode on, or off where it is on. While it is on, nothing is sent or received.",
      asked: asksToChange("airplane|flight mode"),
      says: "Airplane mode is",
      turn: (db) => setAirplaneMode(db, !db.device.airplane_mode),
    }),
  ],
  happenings: [
    happens("turn_airplane_mode_on", (db) => void setAirplaneMode(db, true)),
    happens("turn_airplane_mode_off", (db) => void setAirplaneMode(db, false)),
  ],
};
