/** What a call on one side means for the other: the phone learns what its line may do, the company what was paid. */

import { awaiting, billOf, customerWithNumber, lineWithNumber, planOf, type Telecom } from "./database.js";

export function settle(db: Telecom): void {
  const { surroundings } = db;
  if (surroundings.phone_number === undefined) return;
  const line = lineWithNumber(db, surroundings.phone_number);
  surroundings.line_active = line.status === "Active";
  surroundings.roaming_allowed = line.roaming_enabled;
  surroundings.mobile_data_usage_exceeded =
    line.data_used_gb >= planOf(db, line.plan_id).data_limit_gb + line.data_refueling_gb;
  if (surroundings.payment_request?.paid) {
    billOf(db, surroundings.payment_request.bill_id).status = "Paid";
    delete surroundings.payment_request;
  }
  if (surroundings.payment_request) return;
  const [bill] = awaiting(db, customerWithNumber(db, surroundings.phone_number));
  if (bill) surroundings.payment_request = { bill_id: bill.bill_id, amount_due: bill.total_due, paid: false };
}
