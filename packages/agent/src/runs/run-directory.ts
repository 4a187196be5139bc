import { join } from "node:path";
import { isWorkflowId } from "../durable/workflow.js";
import { AgentError } from "../errors.js";

/**
 * The folder that holds a run's trace and its files.
 * @throws AgentError `runs` for what cannot be the name of one: it would lead elsewhere
 */
export function runDirectory(directory: string, runId: string): string {
  if (isWorkflowId(runId)) return join(directory, "runs", runId);
  throw new AgentError("runs", `${JSON.stringify(runId)} is no name of a run; cachalot runs lists those that are`);
}

/** The file that holds a run's trace. @throws as `runDirectory` */
export const tracePath = (directory: string, runId: string): string =>
  join(runDirectory(directory, runId), "trace.jsonl");
