/** Tables of tau2-bench's bank: rows by id. Beside them what a session has unlocked, which no check compares. */

import { createHash } from "node:crypto";
import { ToolFailure } from "../domain.js";

export type Row = Record<string, unknown>;

export const TABLES = [
  ...(["users", "accounts", "debit_cards", "referrals", "credit_card_applications"] as const),
  ...(["user_discoverable_tools", "user_discoverable_tool_calls", "agent_discoverable_tools"] as const),
  ...(["verification_history", "human_transfer_requests", "task_config", "payment_history"] as const),
  ...(["credit_card_accounts", "credit_card_transaction_history", "bank_account_transaction_history"] as const),
  ...(["cash_back_disputes", "transaction_disputes", "debit_card_disputes"] as const),
  ...(["credit_card_orders", "debit_card_orders", "credit_card_closure_reasons"] as const),
  ...(["credit_card_account_flags", "credit_limit_increase_requests"] as const),
];
export type TableName = (typeof TABLES)[number];

export type Bank = Record<TableName, { data: Record<string, Row>; notes?: string }> & {
  session: {
    unlocked: string[];
    /** Tools that only read, whose calls are on record as well: those that the task asks for. */
    recorded: string[];
  };
};

/** The day on which all of it happens. */
export const TODAY = "11/14/2025";

export const find = (db: Bank, table: TableName, id: string): Row | undefined =>
  Object.hasOwn(db[table].data, id) ? db[table].data[id] : undefined;

/** @throws ToolFailure where there is none */
export function rowOf(db: Bank, table: TableName, id: string): Row {
  const row = find(db, table, id);
  if (!row) throw new ToolFailure(`there is no ${id} among the ${table.replaceAll("_", " ")}`);
  return row;
}

/** Rows with these values, each with its id. */
export const rowsWith = (db: Bank, table: TableName, wanted: Row): Row[] =>
  Object.entries(db[table].data)
    .filter(([, row]) => Object.entries(wanted).every(([field, value]) => row[field] === value))
    .map(([record_id, row]) => ({ record_id, ...row }));

/** @returns the row. @throws ToolFailure where the id is taken */
export function add(db: Bank, table: TableName, id: string, row: Row): Row {
  if (!addOnce(db, table, id, row)) throw new ToolFailure(`there is such a record already: ${id}`);
  return row;
}

/** @returns false where the id is taken: then nothing is changed */
export function addOnce(db: Bank, table: TableName, id: string, row: Row): boolean {
  if (find(db, table, id)) return false;
  db[table].data[id] = row;
  return true;
}

/** @throws ToolFailure */
export function requireOneOf(name: string, value: string, values: readonly string[]): void {
  if (!values.includes(value)) throw new ToolFailure(`${name} must be one of: ${values.join(", ")}`);
}

/** Id that is made of what a record is about, as the benchmark makes them: tasks name some. */
export const idOf = (seed: string, length = 12): string =>
  createHash("sha256").update(seed).digest("hex").slice(0, length);

/** Days since a date, such as 11/01/2025; undefined where it is none. */
export function daysSince(date: unknown): number | undefined {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(String(date ?? ""));
  if (!parts) return undefined;
  const [month, day, year] = parts.slice(1).map(Number) as [number, number, number];
  return Math.floor((Date.UTC(2025, 10, 14) - Date.UTC(year, month - 1, day)) / 86_400_000);
}
