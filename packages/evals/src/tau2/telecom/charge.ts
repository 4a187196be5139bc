/** Charge on the bill that a customer gets next: the draft that there is, or a new one. */

import { type Bill, billsOf, customerOf, type Telecom, TODAY } from "./database.js";

export function charge(db: Telecom, customerId: string, amount: number, description: string): void {
  const customer = customerOf(db, customerId);
  let draft = billsOf(db, customer).find(({ status }) => status === "Draft");
  if (!draft) {
    draft = draftOf(customerId);
    db.bills.push(draft);
    customer.bill_ids.push(draft.bill_id);
  }
  draft.line_items.push({ description, amount, date: TODAY, item_type: amount < 0 ? "Credit" : "Charge" });
  draft.total_due += amount;
}

/** Of the month after this one. */
const draftOf = (customer_id: string): Bill => ({
  ...{ bill_id: `B${customer_id}-2025-03`, customer_id, status: "Draft", total_due: 0, line_items: [] },
  ...{ period_start: "2025-03-01", period_end: "2025-03-31", issue_date: "2025-03-01", due_date: "2025-03-15" },
});
