import type { DomainTool } from "../../domain.js";
import { lineOf, type Telecom } from "../database.js";
import { customerId, lineId } from "../fields.js";

export const enableRoaming: DomainTool<Telecom> = {
  name: "enable_roaming",
  description: "Allows a line to be used in the networks of others, as abroad.",
  parameters: { customer_id: customerId, line_id: lineId },
  writes: true,
  run(db, { customer_id, line_id }: { customer_id: string; line_id: string }) {
    lineOf(db, customer_id, line_id).roaming_enabled = true;
    return "Roaming is allowed.";
  },
};
