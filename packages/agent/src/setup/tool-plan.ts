import type { McpPlan } from "../mcp/mcp-plan.js";
import type { ToolSetName } from "../tools/index.js";
import type { WorkspacePlan } from "../workspace/run-workspace.js";

/** Which tools a run has: what any process needs to go on with it. JSON, kept with the run. */
export interface ToolPlan {
  tools: readonly ToolSetName[];
  /** Directory of documents. */
  corpus?: string;
  /** MCP servers. A list of command lines and URLs is how earlier releases kept them. */
  mcp?: McpPlan | readonly string[];
  /** The user's folder the agent works on. */
  workspace?: WorkspacePlan;
}
