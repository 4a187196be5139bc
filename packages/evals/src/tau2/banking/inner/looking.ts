/** Inner tools that only look: at the rows of a customer, an account or a card. */

import { type JsonSchema, whole } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { type Bank, type Row, rowOf, rowsWith, type TableName } from "../database.js";
import { accountId, cardAccountId, transactionId, userId } from "../fields.js";

interface Lookup {
  name: string;
  description: string;
  table: TableName;
  by: string;
  schema: JsonSchema;
}

/** Rows that have a value. */
export const lookup = ({ name, description, table, by, schema }: Lookup): DomainTool<Bank> => ({
  ...{ name, description, parameters: { [by]: schema }, writes: false },
  run: (db, args: Record<string, unknown>) => rowsWith(db, table, args),
});

/** When a transaction was: dates are written with the month first. */
function when({ date }: Row): string {
  const [, month, day, year, time = ""] = /^(\d\d)\/(\d\d)\/(\d{4})(?: (.*))?$/.exec(String(date ?? "")) ?? [];
  return year === undefined ? "" : `${year}-${month}-${day} ${time}`;
}

const transactions: DomainTool<Bank> = {
  name: "get_bank_account_transactions_9173",
  description: "Transactions of a bank account, the newest first.",
  parameters: { account_id: accountId },
  writes: false,
  run(db, { account_id }: { account_id: string }) {
    rowOf(db, "accounts", account_id);
    return rowsWith(db, "bank_account_transaction_history", { account_id }).sort((a, b) =>
      when(b) < when(a) ? -1 : Number(when(b) > when(a)),
    );
  },
};

const payments: DomainTool<Bank> = {
  name: "get_payment_history_6183",
  description: "Payments to a credit card account, the newest first, and how many of the last ones came in time.",
  parameters: { credit_card_account_id: cardAccountId, months: whole("How many at most") },
  writes: false,
  run(db, { credit_card_account_id, months }: { credit_card_account_id: string; months: number }) {
    if (months <= 0) throw new ToolFailure("months must be positive");
    const found = rowsWith(db, "payment_history", { credit_card_account_id })
      .sort((a, b) => String(b.payment_date ?? "").localeCompare(String(a.payment_date ?? "")))
      .slice(0, months);
    const late = found.findIndex(({ status }) => status !== "ON_TIME");
    return { consecutive_on_time: late < 0 ? found.length : late, payments: found };
  },
};

const cards: DomainTool<Bank> = {
  name: "get_debit_cards_by_account_id_7823",
  description: "Debit cards of a checking account: what they are good for, why they were issued, when they expire.",
  parameters: { account_id: accountId },
  writes: false,
  run(db, { account_id }: { account_id: string }) {
    const kind = String(rowOf(db, "accounts", account_id).class ?? "").toLowerCase();
    if (kind !== "checking" && kind !== "business_checking") throw new ToolFailure("it is no checking account");
    return rowsWith(db, "debit_cards", { account_id }).map(({ cvv: _, ...card }) => card);
  },
};

const accounts: DomainTool<Bank> = {
  name: "get_all_user_accounts_by_user_id_3847",
  description: "All of a customer's accounts: checking, savings and credit cards.",
  parameters: { user_id: userId },
  writes: false,
  run: (db, { user_id }: { user_id: string }) => ({
    bank_accounts: rowsWith(db, "accounts", { user_id }),
    credit_card_accounts: rowsWith(db, "credit_card_accounts", { user_id }),
  }),
};

/** What the machine's pictures show, where it has kept any. */
const DEPOSITS: Readonly<Record<string, Row>> = {
  btxn_834027370c20: {
    ...{ atm: "#3921, Cedar Lane Branch, Austin, TX", check: { number: "7284", amount: 875, dated: "11/03/2025" } },
    ...{ cash: { "100 USD": 2, "20 USD": 3, total: 260 }, total: 1135, recorded_by_machine: 385, discrepancy: 750 },
  },
};

const pictures: DomainTool<Bank> = {
  name: "get_atm_deposit_images_8473",
  description: "What the pictures of a deposit at one of the bank's own machines show.",
  parameters: { transaction_id: transactionId },
  writes: false,
  run(db, { transaction_id }: { transaction_id: string }) {
    const { type, description } = rowOf(db, "bank_account_transaction_history", transaction_id);
    if (type !== "atm_deposit") throw new ToolFailure("it is no deposit at a machine");
    if (!/rho-?bank/i.test(String(description ?? ""))) throw new ToolFailure("it was at a machine of another bank");
    return DEPOSITS[transaction_id] ?? "There are no pictures of it; the customer's statement and the journal count.";
  },
};

const ofCardAccount = { by: "credit_card_account_id", schema: cardAccountId };
const ofUser = { by: "user_id", schema: userId };

export const looking: readonly DomainTool<Bank>[] = [
  ...[transactions, payments, cards, accounts, pictures],
  lookup({
    ...{ name: "get_debit_dispute_status_7483", description: "A customer's disputes about debit cards." },
    ...{ table: "debit_card_disputes", ...ofUser },
  }),
  lookup({
    ...{ name: "get_user_dispute_history_7291", description: "A customer's disputes about credit card transactions." },
    ...{ table: "transaction_disputes", ...ofUser },
  }),
  lookup({
    ...{ name: "get_pending_replacement_orders_5765", description: "Cards ordered to replace that of an account." },
    ...{ table: "credit_card_orders", ...ofCardAccount },
  }),
  lookup({
    ...{ name: "get_closure_reason_history_8293", description: "Why an account was to be closed before." },
    ...{ table: "credit_card_closure_reasons", ...ofCardAccount },
  }),
  lookup({
    ...{ name: "get_credit_limit_increase_history_4829", description: "Requests for a higher limit of an account." },
    ...{ table: "credit_limit_increase_requests", ...ofCardAccount },
  }),
];
