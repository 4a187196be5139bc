/** Inner tools that change what a debit card's customer may set: its PIN, and for a day its limits. */

import { text, whole } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Bank, daysSince, type Row, requireOneOf, rowOf, TODAY } from "../database.js";
import { cardId, lastDigits } from "../fields.js";
import { requirePositive } from "../money.js";
import { requireDigits, requirePin } from "../pin.js";
import { cardThatIs } from "./debit-cards.js";

const newPin = text("Four digits that the customer chose");

const resetPin: DomainTool<Bank> = {
  name: "reset_debit_card_pin_6284",
  description: "Sets another PIN where the customer has forgotten it.",
  parameters: { card_id: cardId, last_4_digits: lastDigits, new_pin: newPin },
  writes: true,
  run(db, args: { card_id: string; last_4_digits: string; new_pin: string }) {
    requireDigits("last_4_digits", args.last_4_digits, 4);
    requirePin(args.new_pin);
    const card = cardThatIs(db, args.card_id, ["ACTIVE"]);
    if (card.last_4_digits !== args.last_4_digits) throw new ToolFailure("the last four digits are others");
    Object.assign(card, { pin_last_changed: TODAY, pin_locked: false, pin_attempts_remaining: 3 });
    return "The PIN is set, and the card is not locked.";
  },
};

const changePin: DomainTool<Bank> = {
  name: "change_debit_card_pin_6285",
  description: "Changes the PIN where the customer knows it.",
  parameters: { card_id: cardId, current_pin: text("Four digits"), new_pin: newPin },
  writes: true,
  run(db, { card_id, current_pin, new_pin }: { card_id: string; current_pin: string; new_pin: string }) {
    requireDigits("current_pin", current_pin, 4);
    requirePin(new_pin);
    if (current_pin === new_pin) throw new ToolFailure("the new PIN is the old one");
    cardThatIs(db, card_id, ["ACTIVE"]).pin_last_changed = TODAY;
    return "The PIN is changed.";
  },
};

/** Of withdrawals in a day, by level of the account, where the card has none of its own. */
const AT_MACHINES: Readonly<Record<string, number>> = {
  ...{ "blue account": 500, "green account": 600, "light blue account": 400, "green fee-free account": 500 },
  ...{ "evergreen account": 750, "bluest account": 1500, "dark green account": 300, "gold years account": 600 },
  "purple account": 1000,
};

/** @throws ToolFailure where there is none that could be raised */
function limitOf(card: Row, { level }: Row, kind: string): number {
  const own = card[`daily_${kind}_limit`];
  if (typeof own === "number") return own;
  const standard = kind === "atm" ? AT_MACHINES[String(level ?? "").toLowerCase()] : undefined;
  if (standard === undefined) throw new ToolFailure("the policy of the account sets the limit; it cannot be changed");
  return standard;
}

interface Raise {
  card_id: string;
  limit_type: string;
  new_limit: number;
}

const raiseLimit: DomainTool<Bank> = {
  name: "request_temporary_debit_card_limit_increase_8374",
  description: "Raises a card's daily limit for 24 hours, to half as much again at most.",
  parameters: { card_id: cardId, limit_type: text("atm: withdrawals; purchase: payments"), new_limit: whole("In USD") },
  writes: true,
  run(db, { card_id, limit_type, new_limit }: Raise) {
    requireOneOf("limit_type", limit_type, ["atm", "purchase"]);
    requirePositive(new_limit);
    const card = cardThatIs(db, card_id, ["ACTIVE"]);
    const account = rowOf(db, "accounts", String(card.account_id));
    if (account.status !== "OPEN") throw new ToolFailure("the account of the card is not open");
    const age = daysSince(account.date_opened);
    if (age !== undefined && age < 60) throw new ToolFailure(`the account is ${age} days old; it must be 60`);
    const limit = limitOf(card, account, limit_type);
    const most = Math.trunc(limit * 1.5);
    if (new_limit > most) throw new ToolFailure(`the limit may be ${most} at most`);
    if (new_limit <= limit) throw new ToolFailure(`the limit is ${limit} as it is`);
    Object.assign(card, {
      ...{ [`daily_${limit_type}_limit`]: new_limit, [`temporary_${limit_type}_limit_increase`]: true },
      ...{ [`original_${limit_type}_limit`]: limit, [`temporary_${limit_type}_limit_expires`]: TODAY },
    });
    return `The limit is ${new_limit} for 24 hours.`;
  },
};

export const debitCardSettings: readonly DomainTool<Bank>[] = [resetPin, changePin, raiseLimit];
