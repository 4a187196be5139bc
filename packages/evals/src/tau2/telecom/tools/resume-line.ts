import { type DomainTool, ToolFailure } from "../../domain.js";
import { lineOf, type Telecom } from "../database.js";
import { customerId, lineId } from "../fields.js";

export const resumeLine: DomainTool<Telecom> = {
  name: "resume_line",
  description: "Makes a line active that is suspended or waits for its activation.",
  parameters: { customer_id: customerId, line_id: lineId },
  writes: true,
  run(db, { customer_id, line_id }: { customer_id: string; line_id: string }) {
    const line = lineOf(db, customer_id, line_id);
    if (line.status !== "Suspended" && line.status !== "Pending Activation")
      throw new ToolFailure("the line is not suspended");
    line.status = "Active";
    delete line.suspension_start_date;
    return line;
  },
};
