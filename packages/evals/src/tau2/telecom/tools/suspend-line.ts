import { text } from "../../../tools/json-schema.js";
import { type DomainTool, ToolFailure } from "../../domain.js";
import { lineOf, type Telecom, TODAY } from "../database.js";
import { customerId, lineId } from "../fields.js";

export const suspendLine: DomainTool<Telecom> = {
  name: "suspend_line",
  description: "Suspends an active line, for six months at most; holding it costs 5 USD a month.",
  parameters: { customer_id: customerId, line_id: lineId, reason: text("Why") },
  writes: true,
  run(db, { customer_id, line_id }: { customer_id: string; line_id: string }) {
    const line = lineOf(db, customer_id, line_id);
    if (line.status !== "Active") throw new ToolFailure("the line is not active");
    line.status = "Suspended";
    line.suspension_start_date = TODAY;
    return line;
  },
};
