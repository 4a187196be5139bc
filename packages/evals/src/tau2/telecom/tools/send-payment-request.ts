import { type DomainTool, ToolFailure } from "../../domain.js";
import { awaiting, billOf, customerOf, type Telecom } from "../database.js";
import { billId, customerId } from "../fields.js";

export const sendPaymentRequest: DomainTool<Telecom> = {
  name: "send_payment_request",
  description:
    "Asks a customer to pay a bill, one at a time. Whether it was paid before is not looked at: see to that first.",
  parameters: { customer_id: customerId, bill_id: billId },
  writes: true,
  run(db, { customer_id, bill_id }: { customer_id: string; bill_id: string }) {
    const customer = customerOf(db, customer_id);
    if (awaiting(db, customer).length > 0) throw new ToolFailure("another bill of the customer waits to be paid");
    if (!customer.bill_ids.includes(bill_id)) throw new ToolFailure("the customer has no such bill");
    billOf(db, bill_id).status = "Awaiting Payment";
    return `The customer is asked to pay bill ${bill_id}.`;
  },
};
