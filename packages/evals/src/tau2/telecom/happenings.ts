/** What may befall a customer of the company before a task. */

import { flag, number, text } from "../../tools/json-schema.js";
import { type Deed, ToolFailure } from "../domain.js";
import { anyLineOf, billsOf, customerOf, lineOf, planOf, type Telecom, TODAY } from "./database.js";
import { customerId, lineId } from "./fields.js";
import { happens } from "./phone/part.js";

interface Overdue {
  customer_id: string;
  line_id: string;
  new_bill_id: string;
  contract_ended: boolean;
}

/** A line is suspended, as last month's bill for it was not paid. */
function suspendForOverdueBill(db: Telecom, { customer_id, line_id, new_bill_id, contract_ended }: Overdue): void {
  const line = anyLineOf(db, line_id);
  if (line.status !== "Active") throw new ToolFailure("the line is not active");
  const customer = customerOf(db, customer_id);
  if (billsOf(db, customer).some(({ status }) => status === "Overdue"))
    throw new ToolFailure("the customer has an overdue bill");
  const amount = planOf(db, line.plan_id).price_per_month;
  db.bills.push({
    ...{ bill_id: new_bill_id, customer_id, status: "Overdue", total_due: amount },
    ...{ period_start: "2025-01-01", period_end: "2025-01-31", issue_date: "2025-01-01", due_date: "2025-01-15" },
    line_items: [{ description: `Charge for line ${line_id}`, amount, date: TODAY, item_type: "Charge" }],
  });
  customer.bill_ids.push(new_bill_id);
  line.status = "Suspended";
  line.suspension_start_date = TODAY;
  if (contract_ended) line.contract_end_date = "2025-01-31";
}

interface Usage {
  customer_id: string;
  line_id: string;
  data_used_gb: number;
}

export const happenings: readonly Deed<Telecom>[] = [
  happens("suspend_line_for_overdue_bill", suspendForOverdueBill, {
    ...{ customer_id: customerId, line_id: lineId },
    ...{ new_bill_id: text("The bill"), contract_ended: flag("Whether the contract has ended as well") },
  }),
  happens(
    "set_data_usage",
    (db, { customer_id, line_id, data_used_gb }: Usage) => {
      lineOf(db, customer_id, line_id).data_used_gb = data_used_gb;
    },
    { customer_id: customerId, line_id: lineId, data_used_gb: number("GB") },
  ),
];
