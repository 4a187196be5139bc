/** The way out that every domain has. */

import { text } from "../tools/json-schema.js";
import type { DomainTool } from "./domain.js";

export const TRANSFER = "transfer_to_human_agents";

export const transfer: DomainTool<unknown> = {
  name: TRANSFER,
  description:
    "Hands the user over to a human agent. Only where the user asks for one, or where policy and tools do not allow what is needed.",
  parameters: { summary: text("What the user needs, in short") },
  writes: false,
  run: () => "Transfer successful",
};
