/** Access point (APN): where the phone finds the company's data and picture messages. */

import { flag, oneOf, text, whole } from "../../../tools/json-schema.js";
import { changes, happens, looks, type Part } from "./part.js";
import { searchNetwork } from "./phone.js";
import { type Apn, OWN_APN } from "./state.js";

const SETTINGS = {
  apn_name: oneOf(["internet", "broken"], "Name of the access point"),
  reset_at_reboot: flag("Whether the next start brings back what the company has it set to"),
  mms_apn: text("Access point for picture messages"),
  mmsc_url: text("Address for picture messages"),
  mms_proxy: text("Proxy for picture messages"),
  mms_port: whole("Port of that"),
};

export const accessPoint: Part = {
  tools: [
    looks({
      name: "check_apn_settings",
      description: "Name of the access point, and the address for picture messages.",
      asked: /(?:check|look|what|see|view)[^.?!]*\b(?:apn|mmsc)\b/i,
      run: ({ device: { active_apn_settings: apn } }) =>
        `access point ${apn.apn_name}, address for picture messages (MMSC) ${apn.mmsc_url ?? "not set"}`,
    }),
    changes({
      name: "set_apn_settings",
      description: "Sets the access point. What is left out is as the company has it.",
      asked: /(?:set|configure|enter)[^.?!]*\bapn\b/i,
      parameters: {
        apn_settings: {
          type: "object",
          properties: SETTINGS,
          additionalProperties: false,
          description: "The settings",
        },
      },
      run(db, { apn_settings }: { apn_settings: Partial<Apn> }) {
        db.device.active_apn_settings = { ...OWN_APN, ...apn_settings };
        searchNetwork(db);
        return `The access point is now ${db.device.active_apn_settings.apn_name}.`;
      },
    }),
    changes({
      name: "reset_apn_settings",
      description: "Has the next start of the phone bring back the access point that the company set.",
      asked: /(?:reset|restore|default)[^.?!]*\bapn\b|\bapn\b[^.?!]*(?:reset|restore|default)/i,
      usual: {},
      run(db) {
        db.device.active_apn_settings.reset_at_reboot = true;
        searchNetwork(db);
        return "The access point will be as the company set it when the phone starts again.";
      },
    }),
  ],
  happenings: [
    happens("break_apn_settings", (db) => {
      db.device.active_apn_settings.apn_name = "broken";
      searchNetwork(db);
    }),
    happens("break_apn_mms_setting", ({ device }) => {
      delete device.active_apn_settings.mmsc_url;
    }),
  ],
};
