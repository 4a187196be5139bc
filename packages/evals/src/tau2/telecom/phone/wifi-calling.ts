/** Calls over Wi-Fi, and picture messages with them, which the company does not carry. */

import { flag } from "../../../tools/json-schema.js";
import { asksToChange, happens, looks, onOff, type Part, toggles } from "./part.js";

export const wifiCalling: Part = {
  tools: [
    looks({
      name: "check_wifi_calling_status",
      description: "Whether calls are made over Wi-Fi.",
      asked: /wi-?fi calling (?:status|setting|is|on|off|enabled)/i,
      run: ({ device }) => `Wi-Fi calling is ${onOff(device.wifi_calling_enabled)}.`,
    }),
    toggles({
      name: "toggle_wifi_calling",
      description: "Turns calls over Wi-Fi on, or off where they are on.",
      asked: asksToChange("wi-?fi calling"),
      says: "Wi-Fi calling is",
      turn({ device }) {
        device.wifi_calling_enabled = !device.wifi_calling_enabled;
        return device.wifi_calling_enabled;
      },
    }),
  ],
  happenings: [
    happens(
      "set_wifi_calling",
      ({ device }, { enabled, mms_over_wifi = device.wifi_calling_mms_over_wifi }: WifiCalling) => {
        device.wifi_calling_enabled = enabled;
        device.wifi_calling_mms_over_wifi = mms_over_wifi;
      },
      { enabled: flag("Calls"), mms_over_wifi: flag("Picture messages") },
      ["mms_over_wifi"],
    ),
  ],
};

interface WifiCalling {
  enabled: boolean;
  mms_over_wifi?: boolean;
}
