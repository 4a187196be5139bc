import type { DomainTool } from "../../domain.js";
import { lineOf, planOf, type Telecom } from "../database.js";
import { customerId, lineId } from "../fields.js";

export const getDataUsage: DomainTool<Telecom> = {
  name: "get_data_usage",
  description: "Data that a line used in this cycle, its limit, what was refueled, and when the cycle ends.",
  parameters: { customer_id: customerId, line_id: lineId },
  writes: false,
  run(db, { customer_id, line_id }: { customer_id: string; line_id: string }) {
    const { data_used_gb, data_refueling_gb, plan_id } = lineOf(db, customer_id, line_id);
    const { data_limit_gb } = planOf(db, plan_id);
    return { line_id, data_used_gb, data_limit_gb, data_refueling_gb, cycle_end_date: "2025-02-28" };
  },
};
