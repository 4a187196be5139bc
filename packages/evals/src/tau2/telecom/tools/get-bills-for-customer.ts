import { whole } from "../../../tools/json-schema.js";
import type { DomainTool } from "../../domain.js";
import { billsOf, customerOf, type Telecom } from "../database.js";
import { customerId } from "../fields.js";

export const getBillsForCustomer: DomainTool<Telecom> = {
  name: "get_bills_for_customer",
  description: "Bills of a customer, the newest first.",
  parameters: { customer_id: customerId, limit: whole("How many at most; default: 12") },
  optional: ["limit"],
  writes: false,
  run: (db, { customer_id, limit = 12 }: { customer_id: string; limit?: number }) =>
    billsOf(db, customerOf(db, customer_id))
      .sort((a, b) => b.issue_date.localeCompare(a.issue_date))
      .slice(0, limit),
};
