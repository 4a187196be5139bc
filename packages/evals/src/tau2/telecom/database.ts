/** Tables of tau2-bench's telephone company, and with them what the user holds: a phone, somewhere. */

import { ToolFailure } from "../domain.js";
import type { Phone, Surroundings } from "./phone/state.js";

export interface Plan {
  plan_id: string;
  name: string;
  data_limit_gb: number;
  price_per_month: number;
  data_refueling_price_per_gb: number;
}

export interface Line {
  line_id: string;
  phone_number: string;
  status: "Active" | "Suspended" | "Pending Activation" | "Closed";
  plan_id: string;
  device_id?: string;
  data_used_gb: number;
  data_refueling_gb: number;
  roaming_enabled: boolean;
  contract_end_date?: string;
  suspension_start_date?: string;
}

export interface Bill {
  bill_id: string;
  customer_id: string;
  period_start: string;
  period_end: string;
  issue_date: string;
  total_due: number;
  due_date: string;
  line_items: { description: string; amount: number; date: string; item_type: string }[];
  status: "Draft" | "Issued" | "Awaiting Payment" | "Paid" | "Overdue" | "Disputed";
}

export interface Customer {
  customer_id: string;
  full_name: string;
  date_of_birth: string;
  phone_number: string;
  line_ids: string[];
  bill_ids: string[];
}

export interface Telecom {
  plans: Plan[];
  customers: Customer[];
  lines: Line[];
  bills: Bill[];
  devices: { device_id: string }[];
  device: Phone;
  surroundings: Surroundings;
}

/** The day on which all of it happens, as the policy has it. */
export const TODAY = "2025-02-25";

/** @throws ToolFailure where it is not there */
function found<T>(what: string, table: readonly T[], is: (row: T) => boolean): T {
  const row = table.find(is);
  if (row === undefined) throw new ToolFailure(`${what} not found`);
  return row;
}

export const customerOf = (db: Telecom, id: string): Customer =>
  found("Customer", db.customers, ({ customer_id }) => customer_id === id);
export const planOf = (db: Telecom, id: string): Plan => found("Plan", db.plans, ({ plan_id }) => plan_id === id);
export const billOf = (db: Telecom, id: string): Bill => found("Bill", db.bills, ({ bill_id }) => bill_id === id);
export const deviceOf = (db: Telecom, id: string) => found("Device", db.devices, ({ device_id }) => device_id === id);
export const anyLineOf = (db: Telecom, id: string): Line => found("Line", db.lines, ({ line_id }) => line_id === id);
export const lineWithNumber = (db: Telecom, number: string): Line =>
  found("Line", db.lines, ({ phone_number }) => phone_number === number);

/** By their own number or that of one of their lines. */
export const customerWithNumber = (db: Telecom, number: string): Customer =>
  found(
    "Customer",
    db.customers,
    ({ phone_number, line_ids }) =>
      phone_number === number || line_ids.some((id) => anyLineOf(db, id).phone_number === number),
  );

/** A line that is the customer's. */
export function lineOf(db: Telecom, customerId: string, lineId: string): Line {
  if (!customerOf(db, customerId).line_ids.includes(lineId)) throw new ToolFailure("the customer has no such line");
  return anyLineOf(db, lineId);
}

export const billsOf = (db: Telecom, { bill_ids }: Customer): Bill[] => bill_ids.map((id) => billOf(db, id));
export const awaiting = (db: Telecom, customer: Customer): Bill[] =>
  billsOf(db, customer).filter(({ status }) => status === "Awaiting Payment");
