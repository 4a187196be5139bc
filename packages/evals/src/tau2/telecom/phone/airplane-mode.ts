/** Airplane mode: no network, no Wi-Fi, no VPN. */

import type { Telecom } from "../database.js";
import { asksToChange, changes, happens, onOff, type Part } from "./part.js";
import { searchNetwork } from "./phone.js";
import { leaveVpn } from "./vpn.js";
import { leaveWifi } from "./wifi.js";

function setAirplaneMode(db: Telecom, on: boolean): void {
  db.device.airplane_mode = on;
  if (on || db.device.wifi_enabled) leaveWifi(db);
  if (on) leaveVpn(db);
  searchNetwork(db);
}

export const airplaneMode: Part = {
  tools: [
    changes({
      name: "toggle_airplane_mode",
      description: "Turns airplane mode on, or off where it is on. While it is on, nothing is sent or received.",
      asked: asksToChange("airplane|flight mode"),
      run(db) {
        setAirplaneMode(db, !db.device.airplane_mode);
        return `Airplane mode is now ${onOff(db.device.airplane_mode)}.`;
      },
    }),
  ],
  happenings: [
    happens("turn_airplane_mode_on", (db) => setAirplaneMode(db, true)),
    happens("turn_airplane_mode_off", (db) => setAirplaneMode(db, false)),
  ],
};
