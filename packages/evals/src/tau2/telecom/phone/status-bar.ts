/** Top line of the phone's screen. */

import type { Telecom } from "../database.js";

export function statusBar({ device }: Telecom): string {
  const network = device.network_technology_connected;
  const cellular = device.airplane_mode
    ? ["airplane mode"]
    : [
        `signal ${device.network_signal_strength}`,
        ...(network === "none" ? [] : [network]),
        device.data_enabled && network !== "none" ? "data on" : "data off",
        ...(device.data_enabled && network !== "none" && device.data_saver_mode ? ["data saver"] : []),
      ];
  return [
    ...cellular,
    ...(device.wifi_enabled && device.wifi_connected ? [`Wi-Fi ${device.wifi_ssid ?? "on"}`] : []),
    ...(device.vpn_connected ? ["VPN"] : []),
    `battery ${device.battery_level} %`,
  ].join(", ");
}
