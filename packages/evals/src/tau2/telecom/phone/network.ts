/** The network that the phone is in, and the kind that it prefers. */

import { oneOf } from "../../../tools/json-schema.js";
import { changes, happens, looks, onOff, type Part } from "./part.js";
import { searchNetwork } from "./phone.js";
import { NETWORK_MODES, OWN_APN, type Phone } from "./state.js";
import { statusBar } from "./status-bar.js";

export const network: Part = {
  tools: [
    looks({
      name: "check_status_bar",
      description: "What the top line of the screen shows: signal, network, mobile data, Wi-Fi, VPN and battery.",
      asked: /status bar|top of (?:the|your) screen|signal (?:bars|icon)|no service/i,
      run: (db) => `Status bar: ${statusBar(db)}`,
    }),
    looks({
      name: "check_network_status",
      description: "Airplane mode, SIM card, network, signal, mobile data, roaming and Wi-Fi at one glance.",
      asked: /network (?:status|connection)|(?:airplane|flight) mode[^.?!]*(?:is|on|status)\b/i,
      run: ({ device }) =>
        [
          `airplane mode ${onOff(device.airplane_mode)}`,
          `SIM card ${device.sim_card_missing ? "missing" : device.sim_card_status}`,
          `network ${device.network_connection_status} (${device.network_technology_connected}, signal ${device.network_signal_strength})`,
          `mobile data ${onOff(device.data_enabled)}`,
          `data roaming ${onOff(device.roaming_enabled)}`,
          `Wi-Fi ${onOff(device.wifi_enabled)}${device.wifi_connected ? `, connected to ${device.wifi_ssid ?? "a network"}` : ""}`,
        ].join("\n"),
    }),
    looks({
      name: "check_network_mode_preference",
      description: "The kind of network that the phone prefers.",
      asked: /(?:check|what|which)[^.?!]*(?:network (?:mode|type)|preferred network)/i,
      run: ({ device }) => `The phone prefers: ${device.network_mode_preference}.`,
    }),
    changes({
      name: "set_network_mode_preference",
      description: "Has the phone prefer another kind of network. 4G and 5G are faster.",
      asked: /(?:set|change|switch|select)[^.?!]*(?:network mode|preferred network|[2345]g)/i,
      parameters: { mode: oneOf(NETWORK_MODES, "The kind") },
      run(db, { mode }: { mode: Phone["network_mode_preference"] }) {
        db.device.network_mode_preference = mode;
        searchNetwork(db);
        return `The phone now prefers: ${mode}.`;
      },
    }),
    changes({
      name: "reboot_device",
      description: "Starts the phone again. Settings that wait for it take effect.",
      asked: /re-?(?:boot|start)|power[^.?!]*(?:off|cycle)/i,
      usual: {},
      run(db) {
        if (db.device.active_apn_settings.reset_at_reboot) db.device.active_apn_settings = { ...OWN_APN };
        searchNetwork(db);
        return "The phone has started again.";
      },
    }),
  ],
  happenings: [happens("simulate_network_search", searchNetwork)],
};
