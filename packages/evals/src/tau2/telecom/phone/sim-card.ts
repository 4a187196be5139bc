/** SIM card: it may be loose, which its user mends, or locked, which they cannot. */

import { oneOf } from "../../../tools/json-schema.js";
import { changes, happens, looks, type Part } from "./part.js";
import { searchNetwork } from "./phone.js";

export const simCard: Part = {
  tools: [
    looks({
      name: "check_sim_status",
      description: "Whether the SIM card is there and works, or is locked by PIN or PUK.",
      asked: /\bsim(?: card)?\b[^.?!]*(?:status|locked|active|working|detected|inserted|missing)|check[^.?!]*\bsim\b/i,
      run: ({ device }) =>
        device.sim_card_missing ? "The phone finds no SIM card." : `The SIM card is: ${device.sim_card_status}.`,
    }),
    changes({
      name: "reseat_sim_card",
      description: "Takes the SIM card out and puts it in again.",
      asked: /re-?seat|re-?insert|(?:take|remov)[^.?!]*\bsim\b/i,
      usual: {},
      run(db) {
        db.device.sim_card_missing = false;
        searchNetwork(db);
        return "The SIM card sits well.";
      },
    }),
  ],
  happenings: [
    happens("unseat_sim_card", (db) => {
      db.device.sim_card_missing = true;
      searchNetwork(db);
    }),
    happens(
      "lock_sim_card",
      (db, { mode }: { mode: "pin" | "puk" }) => {
        db.device.sim_card_status = `locked_${mode}`;
        searchNetwork(db);
      },
      { mode: oneOf(["pin", "puk"], "What unlocks it") },
    ),
  ],
};
