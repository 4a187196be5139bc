import { number } from "../../../tools/json-schema.js";
import { cents, type DomainTool, ToolFailure } from "../../domain.js";
import { charge } from "../charge.js";
import { lineOf, planOf, type Telecom } from "../database.js";
import { customerId, lineId } from "../fields.js";

interface Refueling {
  customer_id: string;
  line_id: string;
  gb_amount: number;
}

export const refuelData: DomainTool<Telecom> = {
  name: "refuel_data",
  description: "Adds data to a line for this cycle; the price of its plan for that goes to the customer's next bill.",
  parameters: { customer_id: customerId, line_id: lineId, gb_amount: number("GB, more than none") },
  writes: true,
  run(db, { customer_id, line_id, gb_amount }: Refueling) {
    const line = lineOf(db, customer_id, line_id);
    if (gb_amount <= 0) throw new ToolFailure("the amount must be positive");
    const price = planOf(db, line.plan_id).data_refueling_price_per_gb;
    line.data_refueling_gb += gb_amount;
    charge(db, customer_id, gb_amount * price, `Data refueling: ${gb_amount} GB at ${price} USD each`);
    return { data_refueling_gb: line.data_refueling_gb, charge: cents(gb_amount * price) };
  },
};
