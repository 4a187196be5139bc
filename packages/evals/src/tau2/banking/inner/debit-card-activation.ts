/** Inner tools that activate debit cards, one for each kind of reason that a card was issued for. */

import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Bank, find, type Row, rowOf, rowsWith, TODAY } from "../database.js";
import { cardId, lastDigits } from "../fields.js";
import { requireDigits, requirePin } from "../pin.js";

interface Activation {
  card_id: string;
  last_4_digits: string;
  expiration_date: string;
  cvv: string;
  pin: string;
}

interface Kind {
  name: string;
  what: string;
  reasons: readonly string[];
  /** What becomes of the account's card before. */
  former: (reason: string) => Row;
}

/** @throws ToolFailure */
function cardToActivate(db: Bank, { card_id, last_4_digits, cvv, pin }: Activation, reasons: readonly string[]): Row {
  requirePin(pin);
  requireDigits("cvv", cvv, 3);
  requireDigits("last_4_digits", last_4_digits, 4);
  const card = rowOf(db, "debit_cards", card_id);
  const issued = String(card.issue_reason ?? "new_account");
  if (!reasons.includes(issued)) throw new ToolFailure(`the card was issued for: ${issued}; another tool activates it`);
  if (card.status !== "PENDING") throw new ToolFailure(`the card is ${card.status}; only a pending one is activated`);
  if (card.last_4_digits !== last_4_digits) throw new ToolFailure("the last four digits are others");
  const account = find(db, "accounts", String(card.account_id));
  if (account && account.status !== "OPEN") throw new ToolFailure("the account of the card is not open");
  return card;
}

const activation = ({ name, what, reasons, former }: Kind): DomainTool<Bank> => ({
  name,
  description: `Activates a debit card that ${what} (issue_reason: ${reasons.join(", ")}).`,
  parameters: {
    ...{ card_id: cardId, last_4_digits: lastDigits, expiration_date: text("As MM/YY") },
    ...{ cvv: text("Three digits"), pin: text("Four digits that the customer chose") },
  },
  writes: true,
  run(db, args: Activation) {
    const card = cardToActivate(db, args, reasons);
    for (const { record_id } of rowsWith(db, "debit_cards", { account_id: card.account_id, status: "ACTIVE" }))
      Object.assign(rowOf(db, "debit_cards", String(record_id)), former(String(card.issue_reason ?? reasons[0])));
    Object.assign(card, { status: "ACTIVE", activated_date: TODAY });
    return "The card is active.";
  },
});

const deactivated = (why: string): Row => ({
  ...{ status: "DEACTIVATED", deactivated_date: TODAY, deactivation_reason: why },
});

export const debitCardActivation: readonly DomainTool<Bank>[] = [
  activation({
    ...{
      name: "activate_debit_card_8291",
      what: "is the first of its account",
      reasons: ["new_account", "first_card"],
    },
    former: () => deactivated("New card activated"),
  }),
  activation({
    ...{ name: "activate_debit_card_8292", what: "replaces another", reasons: ["lost", "stolen", "fraud"] },
    former: (reason) => deactivated(`Replacement card activated (${reason})`),
  }),
  activation({
    ...{ name: "activate_debit_card_8293", what: "was issued anew" },
    reasons: ["expired", "damaged", "upgrade", "bank_reissue"],
    former: (reason) => ({
      ...{ status: "GRACE_PERIOD", grace_period_ends: TODAY },
      deactivation_reason: `Reissued card activated (${reason})`,
    }),
  }),
];
