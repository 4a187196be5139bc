/** Inner tools that file disputes about transactions. */

import { flag, number, text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import type { InnerTool } from "../call-by-name.js";
import { add, type Bank, idOf, type Row, requireOneOf, TODAY } from "../database.js";
import { accountId, amount, cardId, lastDigits, transactionId, userId } from "../fields.js";
import { requirePositive } from "../money.js";

const CARD_ACTIONS = ["keep_active", "cancel_and_reissue"];
const REASONS = [
  ...["unauthorized_fraudulent_charge", "duplicate_charge", "incorrect_amount", "goods_services_not_received"],
  ...["goods_services_not_as_described", "canceled_subscription_still_charging", "refund_never_processed"],
];
const RESOLUTIONS = ["full_refund", "partial_refund"];
const listed = (what: string, values: readonly string[]) => text(`${what}; one of: ${values.join(", ")}`);
const date = (what: string) => text(`${what}, as MM/DD/YYYY`);

interface OfCredit extends Row {
  transaction_id: string;
  user_id: string;
  card_action: string;
  dispute_reason: string;
  resolution_requested: string;
  eligible_for_provisional_credit: boolean;
  partial_refund_amount?: number;
}

const ofCredit: InnerTool = {
  name: "file_credit_card_transaction_dispute_4829",
  description: "Files a dispute about a credit card transaction. It orders no other card.",
  parameters: {
    ...{ transaction_id: transactionId, card_action: listed("What becomes of the card", CARD_ACTIONS) },
    ...{ card_last_4_digits: lastDigits, full_name: text("Of the cardholder"), user_id: userId },
    ...{ phone: text("Number"), email: text("Address"), address: text("Postal address") },
    ...{ contacted_merchant: flag("Whether they asked the merchant first"), purchase_date: date("Of the purchase") },
    ...{ issue_noticed_date: date("When they noticed"), dispute_reason: listed("Why", REASONS) },
    resolution_requested: listed("What they want", RESOLUTIONS),
    eligible_for_provisional_credit: flag("Whether they get a credit until it is decided"),
    partial_refund_amount: number("In USD, of a partial refund"),
  },
  optional: ["partial_refund_amount"],
  mayBeEmpty: [
    ...["card_last_4_digits", "full_name", "phone", "email", "address", "purchase_date", "issue_noticed_date"],
  ],
  writes: true,
  run(db, { partial_refund_amount = undefined, ...args }: OfCredit) {
    requireOneOf("card_action", args.card_action, CARD_ACTIONS);
    requireOneOf("dispute_reason", args.dispute_reason, REASONS);
    requireOneOf("resolution_requested", args.resolution_requested, RESOLUTIONS);
    if (args.resolution_requested === "partial_refund" && partial_refund_amount === undefined)
      throw new ToolFailure("partial_refund_amount is missing");
    const dispute_id = `dsp_${idOf(`dispute:${args.user_id}:${args.transaction_id}`)}`;
    return add(db, "transaction_disputes", dispute_id, {
      ...{ dispute_id, ...args, partial_refund_amount: partial_refund_amount ?? null },
      ...{ provisional_credit_given: args.eligible_for_provisional_credit, submitted_at: TODAY, status: "SUBMITTED" },
    });
  },
};

const FRAUD = ["unauthorized_transaction", "card_present_fraud", "card_not_present_fraud"];
const CATEGORIES = [
  ...["unauthorized_transaction", "atm_cash_discrepancy", "atm_deposit_not_credited", "duplicate_charge"],
  ...["incorrect_amount", "goods_services_not_received", "recurring_charge_after_cancellation"],
  ...["card_present_fraud", "card_not_present_fraud"],
];
const TYPES = [
  ...["pin_purchase", "signature_purchase", "online_purchase", "atm_withdrawal", "atm_deposit"],
  ...["recurring_payment", "person_to_person"],
];
const PINS = ["yes_shared", "yes_observed", "no", "unknown"];
const DEBIT_ACTIONS = ["keep_active", "freeze_pending_investigation", "close_and_reissue"];

interface OfDebit extends Row {
  transaction_id: string;
  user_id: string;
  dispute_category: string;
  transaction_type: string;
  pin_compromised: string;
  card_action: string;
  disputed_amount: number;
  provisional_credit_eligible: boolean;
}

const ofDebit: DomainTool<Bank> = {
  name: "file_debit_card_transaction_dispute_6281",
  description: "Files a dispute about a debit card transaction under Regulation E.",
  parameters: {
    ...{ transaction_id: transactionId, account_id: accountId, card_id: cardId, user_id: userId },
    ...{ dispute_category: listed("What it is about", CATEGORIES), transaction_date: date("Of the transaction") },
    ...{ discovery_date: date("When they noticed"), disputed_amount: amount },
    ...{ transaction_type: listed("What kind it was", TYPES), card_in_possession: flag("Whether they have the card") },
    ...{ pin_compromised: listed("Whether others know the PIN", PINS), contacted_merchant: flag("Whether they did") },
    ...{ police_report_filed: flag("Whether they did"), written_statement_provided: flag("Whether they did") },
    provisional_credit_eligible: flag("Whether they get a credit until it is decided"),
    customer_max_liability_amount: number("In USD, what they may have to bear; -1: all"),
    card_action: listed("What becomes of the card", DEBIT_ACTIONS),
  },
  writes: true,
  run(db, args: OfDebit) {
    requireOneOf("dispute_category", args.dispute_category, CATEGORIES);
    requireOneOf("transaction_type", args.transaction_type, TYPES);
    requireOneOf("pin_compromised", args.pin_compromised, PINS);
    requireOneOf("card_action", args.card_action, DEBIT_ACTIONS);
    requirePositive(args.disputed_amount);
    const dispute_id = `dsp_${idOf(`dispute:${args.user_id}:${args.transaction_id}`)}`;
    return add(db, "debit_card_disputes", dispute_id, {
      ...{ dispute_id, ...args, provisional_credit_issued: args.provisional_credit_eligible },
      provisional_credit_amount: args.provisional_credit_eligible ? args.disputed_amount : null,
      is_fraud_category: FRAUD.includes(args.dispute_category),
      pin_shared_voluntarily: args.pin_compromised === "yes_shared",
      ...{ submitted_at: TODAY, status: "OPEN" },
    });
  },
};

const rewards: DomainTool<Bank> = {
  name: "update_transaction_rewards_3847",
  description: "Corrects what a credit card transaction earned.",
  parameters: { transaction_id: transactionId, new_rewards_earned: text("Such as 6300 points") },
  writes: true,
  run(db, { transaction_id, new_rewards_earned }: { transaction_id: string; new_rewards_earned: string }) {
    const row = db.credit_card_transaction_history.data[transaction_id];
    if (!row) throw new ToolFailure("there is no such transaction");
    row.rewards_earned = new_rewards_earned;
    return row;
  },
};

export const disputes: readonly InnerTool[] = [ofCredit, ofDebit, rewards];
