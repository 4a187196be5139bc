/** Virtual private network. */

import type { Telecom } from "../database.js";
import { asksToChange, changes, happens, looks, type Part } from "./part.js";

function joinVpn({ device, surroundings }: Telecom): boolean {
  if (device.vpn_connected) return false;
  device.vpn_connected = true;
  device.vpn_details = {
    ...{ server_address: "192.168.1.1", protocol: "OpenVPN" },
    server_performance: surroundings.vpn_performance,
  };
  return true;
}

export function leaveVpn({ device }: Telecom): boolean {
  if (!device.vpn_connected) return false;
  device.vpn_connected = false;
  delete device.vpn_details;
  return true;
}

export const vpn: Part = {
  tools: [
    looks({
      name: "check_vpn_status",
      description: "Whether a VPN is connected, and which one.",
      asked: /\bvpn\b[^.?!]*(?:status|on\b|active|connected|running|using)|using a vpn/i,
      run: ({ device }) =>
        device.vpn_connected ? `A VPN is connected: ${JSON.stringify(device.vpn_details)}.` : "No VPN is connected.",
    }),
    changes({
      name: "connect_vpn",
      description: "Connects the VPN.",
      asked: /(?<!dis)connect (?:to )?(?:the|your|a) vpn/i,
      run: (db) => (joinVpn(db) ? "The VPN is connected." : "The VPN was connected before."),
    }),
    changes({
      name: "disconnect_vpn",
      description: "Disconnects the VPN, which may slow down what is sent and received.",
      asked: new RegExp(`${asksToChange("vpn").source}|disconnect[^.?!\\n]*vpn`, "i"),
      usual: {},
      run: (db) => (leaveVpn(db) ? "The VPN is disconnected." : "There was no VPN to disconnect."),
    }),
  ],
  happenings: [
    happens("break_vpn", (db) => {
      db.surroundings.vpn_performance = "poor";
      leaveVpn(db);
      joinVpn(db);
    }),
  ],
};
