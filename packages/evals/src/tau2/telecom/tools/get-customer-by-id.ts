import type { DomainTool } from "../../domain.js";
import { customerOf, type Telecom } from "../database.js";
import { customerId } from "../fields.js";

export const getCustomerById: DomainTool<Telecom> = {
  name: "get_customer_by_id",
  description: "A customer with their lines and bills.",
  parameters: { customer_id: customerId },
  writes: false,
  run: (db, { customer_id }: { customer_id: string }) => customerOf(db, customer_id),
};
