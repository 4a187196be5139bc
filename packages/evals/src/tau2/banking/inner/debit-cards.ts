/** Inner tools for debit cards: closed, frozen, unfrozen, unblocked. */

import { flag } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Bank, find, type Row, requireOneOf, rowOf, TODAY } from "../database.js";
import { cardId, reason } from "../fields.js";

/** @throws ToolFailure where the card is in no such state */
export function cardThatIs(db: Bank, id: string, states: readonly string[]): Row {
  const card = rowOf(db, "debit_cards", id);
  if (!states.includes(String(card.status)))
    throw new ToolFailure(`the card is ${card.status}, not ${states.join(" or ")}`);
  return card;
}

const CLOSED_FOR = ["lost", "stolen", "fraud_suspected", "damaged", "no_longer_needed", "account_closing"];

const close: DomainTool<Bank> = {
  name: "close_debit_card_4721",
  description: "Closes a debit card for good.",
  parameters: { card_id: cardId, reason: reason(CLOSED_FOR) },
  writes: true,
  run(db, { card_id, reason: why }: { card_id: string; reason: string }) {
    const closure_reason = why.toLowerCase();
    requireOneOf("reason", closure_reason, CLOSED_FOR);
    const card = cardThatIs(db, card_id, ["ACTIVE", "PENDING"]);
    Object.assign(card, { status: "CLOSED", closed_date: TODAY, closure_reason });
    return "The card is closed.";
  },
};

const freeze: DomainTool<Bank> = {
  name: "freeze_debit_card_3892",
  description: "Freezes an active debit card: nothing new is paid with it until it is unfrozen.",
  parameters: { card_id: cardId },
  writes: true,
  run(db, { card_id }: { card_id: string }) {
    Object.assign(cardThatIs(db, card_id, ["ACTIVE"]), { status: "FROZEN", frozen_date: TODAY });
    return "The card is frozen.";
  },
};

const unfreeze: DomainTool<Bank> = {
  name: "unfreeze_debit_card_3893",
  description: "Unfreezes a debit card.",
  parameters: { card_id: cardId },
  writes: true,
  run(db, { card_id }: { card_id: string }) {
    const card = cardThatIs(db, card_id, ["FROZEN"]);
    const account = find(db, "accounts", String(card.account_id));
    if (account && account.status !== "OPEN") throw new ToolFailure("the account of the card is not open");
    Object.assign(card, { status: "ACTIVE", unfrozen_date: TODAY });
    return "The card is active again.";
  },
};

const CLEARED_FOR = ["customer_verified", "velocity_clear"];

const clear: DomainTool<Bank> = {
  name: "clear_debit_card_fraud_alert_4892",
  description: "Clears a fraud alert (customer_verified) or a block for too many payments (velocity_clear) of a card.",
  parameters: { card_id: cardId, reason: reason(CLEARED_FOR) },
  writes: true,
  run(db, { card_id, reason: why }: { card_id: string; reason: string }) {
    requireOneOf("reason", why, CLEARED_FOR);
    const card = rowOf(db, "debit_cards", card_id);
    if (why === "velocity_clear") {
      if (!card.velocity_blocked) throw new ToolFailure("the card has no such block");
      Object.assign(card, { velocity_blocked: false, velocity_cleared_date: TODAY });
      return "The block is cleared.";
    }
    if (!card.fraud_alert_active) throw new ToolFailure("the card has no fraud alert");
    if (card.alert_source === "bank_initiated")
      throw new ToolFailure("the bank set the alert; hand the customer over by transfer_to_human_agents");
    Object.assign(card, { fraud_alert_active: false, alert_source: null, fraud_alert_cleared_date: TODAY });
    return "The alert is cleared.";
  },
};

const block: DomainTool<Bank> = {
  name: "set_debit_card_recurring_block_7382",
  description: "Blocks what recurs on a debit card, such as subscriptions, or no longer.",
  parameters: { card_id: cardId, block_recurring: flag("Whether it is blocked") },
  writes: true,
  run(db, { card_id, block_recurring }: { card_id: string; block_recurring: boolean }) {
    cardThatIs(db, card_id, ["ACTIVE", "active", "Active"]).recurring_blocked = block_recurring;
    return `What recurs is ${block_recurring ? "blocked" : "paid"}.`;
  },
};

export const debitCards: readonly DomainTool<Bank>[] = [close, freeze, unfreeze, clear, block];
