/** Inner tools for credit card accounts: replaced, flagged, credited, paid, closed. */

import { flag, text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { add, addOnce, type Bank, idOf, type Row, requireOneOf, rowOf, rowsWith, TODAY } from "../database.js";
import { accountId, amount, cardAccountId, reason, userId } from "../fields.js";
import { amountOf, balanceOf, dollars, requirePositive } from "../money.js";

interface OfAccount extends Row {
  credit_card_account_id: string;
  user_id: string;
}

/** @throws ToolFailure */
function requireAccount(db: Bank, account_id: string): void {
  if (rowsWith(db, "credit_card_accounts", { account_id }).length === 0)
    throw new ToolFailure("there is no such credit card account");
}

const REPLACED = ["fraud_suspected", "lost", "stolen", "damaged", "expired", "other"];

const replaceCard: DomainTool<Bank> = {
  name: "order_replacement_credit_card_7291",
  description: "Orders another credit card, and cancels the old one at once.",
  parameters: {
    ...{ credit_card_account_id: cardAccountId, user_id: userId, shipping_address: text("Where it is sent") },
    ...{ reason: reason(REPLACED), expedited_shipping: flag("Whether in 2 or 3 days instead of 7 to 10") },
  },
  optional: ["expedited_shipping"],
  writes: true,
  run(db, args: OfAccount & { reason: string; expedited_shipping?: boolean }) {
    const { credit_card_account_id: account, user_id, expedited_shipping = false } = args;
    requireOneOf("reason", args.reason, REPLACED);
    requireAccount(db, account);
    const order_id = `ccord_${idOf(`credit_card_order:${account}:${user_id}:${args.reason}`)}`;
    const order = add(db, "credit_card_orders", order_id, {
      ...{ order_id, ...args, expedited_shipping },
      ...{ order_date: TODAY, status: "ORDERED", old_card_cancelled: true },
    });
    const old = db.credit_card_accounts.data[account];
    if (old) Object.assign(old, { status: "CLOSED", closed_date: TODAY });
    return order;
  },
};

const CLOSED_FOR = [
  ...["annual_fee", "not_using_card", "found_better_card", "unhappy_with_rewards", "simplifying_finances"],
  ...["negative_experience", "other"],
];

const closureReason: DomainTool<Bank> = {
  name: "log_credit_card_closure_reason_4521",
  description: "Puts on record why a customer wants to close a credit card account.",
  parameters: { credit_card_account_id: cardAccountId, user_id: userId, closure_reason: reason(CLOSED_FOR) },
  writes: true,
  run(db, args: OfAccount & { closure_reason: string }) {
    requireOneOf("closure_reason", args.closure_reason, CLOSED_FOR);
    const record_id = `clsr_${idOf(`closure_reason:${args.credit_card_account_id}:${args.user_id}`)}`;
    const row = { record_id, ...args, logged_at: TODAY, status: "LOGGED" };
    addOnce(db, "credit_card_closure_reasons", record_id, row);
    return row;
  },
};

const CREDITED_FOR = [
  ...["goodwill_adjustment", "promotional_credit", "annual_fee_reversal", "late_fee_reversal"],
  ...["interest_charge_reversal", "dispute_resolution", "price_match", "retention_offer", "error_correction", "other"],
];

const statementCredit: DomainTool<Bank> = {
  name: "apply_statement_credit_8472",
  description: "Credits a sum to a credit card account.",
  parameters: { user_id: userId, credit_card_account_id: cardAccountId, amount, reason: reason(CREDITED_FOR) },
  writes: true,
  run(db, { user_id, credit_card_account_id, amount, reason: why }: OfAccount & { amount: number; reason: string }) {
    requirePositive(amount);
    requireOneOf("reason", why, CREDITED_FOR);
    requireAccount(db, credit_card_account_id);
    const seed = `transaction:${user_id}:STATEMENT_CREDIT:${why}:${amount.toFixed(2)}:Statement Credit`;
    const transaction_id = `txn_${idOf(seed)}`;
    return add(db, "credit_card_transaction_history", transaction_id, {
      ...{ transaction_id, user_id, credit_card_account_id, credit_card_type: "N/A" },
      ...{ merchant_name: "Rho-Bank Statement Credit", transaction_amount: `-${dollars(amount)}` },
      ...{ transaction_date: TODAY, category: "Statement Credit", status: "COMPLETED" },
      ...{ rewards_earned: "0 points", credit_reason: why },
    });
  },
};

const FLAGS = ["annual_fee_waived", "promotional_apr", "rewards_bonus", "other"];
const FLAGGED_FOR = ["retention_offer", "loyalty_benefit", "promotional", "error_correction", "other"];

const accountFlag: DomainTool<Bank> = {
  name: "apply_credit_card_account_flag_6147",
  description: "Marks a credit card account until a day, as with a fee that is waived.",
  parameters: {
    ...{ credit_card_account_id: cardAccountId, user_id: userId, flag_type: reason(FLAGS) },
    ...{ expiration_date: text("Last day, as MM/DD/YYYY"), reason: reason(FLAGGED_FOR) },
  },
  writes: true,
  run(db, args: OfAccount & { flag_type: string; expiration_date: string; reason: string }) {
    requireOneOf("flag_type", args.flag_type, FLAGS);
    requireOneOf("reason", args.reason, FLAGGED_FOR);
    requireAccount(db, args.credit_card_account_id);
    const seed = `account_flag:${args.credit_card_account_id}:${args.flag_type}:${args.expiration_date}`;
    const flag_id = `ccflag_${idOf(seed)}`;
    return add(db, "credit_card_account_flags", flag_id, {
      ...{ flag_id, ...args, effective_date: TODAY, applied_at: TODAY, status: "ACTIVE" },
    });
  },
};

const closeAccount: DomainTool<Bank> = {
  name: "close_credit_card_account_7834",
  description: "Closes a credit card account for good.",
  parameters: { credit_card_account_id: cardAccountId, user_id: userId },
  writes: true,
  run(db, { credit_card_account_id, user_id }: OfAccount) {
    const row = rowOf(db, "credit_card_accounts", credit_card_account_id);
    return Object.assign(row, { status: "CLOSED", closed_date: TODAY, closed_by: user_id });
  },
};

const pay: DomainTool<Bank> = {
  name: "pay_credit_card_from_checking_9182",
  description: "Pays what is owed on a credit card out of a checking account of the same customer.",
  parameters: {
    ...{ user_id: userId, checking_account_id: accountId, credit_card_account_id: cardAccountId, amount },
  },
  writes: true,
  run(db, args: OfAccount & { checking_account_id: string; amount: number }) {
    requirePositive(args.amount);
    const checking = rowOf(db, "accounts", args.checking_account_id);
    if (checking.user_id !== args.user_id) throw new ToolFailure("the checking account is another customer's");
    if (checking.class !== "checking") throw new ToolFailure("it is no checking account");
    const held = balanceOf(checking);
    if (args.amount > held) throw new ToolFailure(`the checking account has only ${dollars(held)}`);
    const card = rowOf(db, "credit_card_accounts", args.credit_card_account_id);
    if (card.user_id !== args.user_id) throw new ToolFailure("the credit card account is another customer's");
    const owed = amountOf(card.current_balance);
    if (args.amount > owed) throw new ToolFailure(`only ${dollars(owed)} are owed`);
    checking.current_holdings = (held - args.amount).toFixed(2);
    card.current_balance = dollars(owed - args.amount);
    return { checking_balance: checking.current_holdings, credit_card_balance: card.current_balance };
  },
};

export const creditCards: readonly DomainTool<Bank>[] = [
  ...[replaceCard, closureReason, statementCredit, accountFlag, closeAccount, pay],
];
