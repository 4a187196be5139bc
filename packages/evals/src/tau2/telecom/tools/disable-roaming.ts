import type { DomainTool } from "../../domain.js";
import { lineOf, type Telecom } from "../database.js";
import { customerId, lineId } from "../fields.js";

export const disableRoaming: DomainTool<Telecom> = {
  name: "disable_roaming",
  description: "No longer allows a line to be used in the networks of others.",
  parameters: { customer_id: customerId, line_id: lineId },
  writes: true,
  run(db, { customer_id, line_id }: { customer_id: string; line_id: string }) {
    lineOf(db, customer_id, line_id).roaming_enabled = false;
    return "Roaming is not allowed.";
  },
};
