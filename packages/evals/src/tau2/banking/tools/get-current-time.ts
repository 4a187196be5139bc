import type { DomainTool } from "../../domain.js";
import type { Bank } from "../database.js";

export const getCurrentTime: DomainTool<Bank> = {
  name: "get_current_time",
  description: "The time it is.",
  parameters: {},
  writes: false,
  run: () => "2025-11-14 03:40:00 EST",
};
