/** Wi-Fi. */

import { ToolFailure } from "../../domain.js";
import type { Telecom } from "../database.js";
import { asksToChange, looks, type Part, toggles } from "./part.js";

export function leaveWifi({ device }: Telecom): void {
  device.wifi_connected = false;
  delete device.wifi_ssid;
  device.wifi_signal_strength = "none";
}

export const wifi: Part = {
  tools: [
    looks({
      name: "check_wifi_status",
      description: "Whether Wi-Fi is on, what it is connected to, and how well.",
      asked: /wi-?fi (?:status|connection|network)|connected to (?:a |any )?wi-?fi/i,
      run({ device }) {
        if (!device.wifi_enabled) return "Wi-Fi is off.";
        return device.wifi_connected
          ? `Wi-Fi is on and connected to ${device.wifi_ssid ?? "a network"}, signal ${device.wifi_signal_strength}.`
          : "Wi-Fi is on, and connected to nothing.";
      },
    }),
    toggles({
      name: "toggle_wifi",
      description: "Turns Wi-Fi on, or off where it is on. Not in airplane mode.",
      asked: asksToChange("wi-?fi(?! calling)"),
      says: "Wi-Fi is",
      turn(db) {
        const { device } = db;
        if (device.airplane_mode) throw new ToolFailure("Wi-Fi cannot be changed in airplane mode");
        device.wifi_enabled = !device.wifi_enabled;
        if (!device.wifi_enabled) leaveWifi(db);
        return device.wifi_enabled;
      },
    }),
  ],
};
