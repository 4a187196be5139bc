import type { ChatMessage, GenerateRequest, Usage } from "@cachalot/chat";
import type { ContextOptions } from "../context/context-options.js";
import { AgentError } from "../errors.js";
import type { Tool } from "../tools/tool.js";
import type { AgentHooks, Approve } from "./hooks.js";
import type { Journal } from "./journal.js";
import { checkLimits, type RunLimits } from "./limits.js";
import type { OutputOptions } from "./structured-output.js";

export interface RunOptions extends Omit<GenerateRequest, "messages" | "tools" | "responseFormat"> {
  /** Appended to: every message of the run, with its reasoning, so that the next run can go on from it. */
  messages: ChatMessage[];
  tools?: readonly Tool[];
  limits?: RunLimits;
  /** What a model call cost. */
  cost?: (usage: Usage) => number;
  hooks?: AgentHooks;
  /** Asked before every call. Default: all are approved. */
  approve?: Approve;
  /** The final answer must be JSON that fits a schema. */
  output?: OutputOptions;
  /** Counts prompts, and keeps them within the model's window. Default: neither. */
  context?: ContextOptions;
  /** Calls at work at once. Default 8. */
  maxConcurrentCalls?: number;
  /** Names the run in idempotency keys. Default: random. */
  runId?: string;
  /** Keeps the finished steps, so that the run can be resumed. Default: nothing is kept. */
  journal?: Journal;
}

/** @throws AgentError `invalid_run` for limits that cannot be, and tools that share a name */
export function checkOptions({ limits = {}, cost, tools = [] }: RunOptions): void {
  checkLimits(limits, cost !== undefined);
  const names = tools.map(({ definition }) => definition.function.name);
  const duplicate = names.find((name, i) => names.indexOf(name) !== i);
  if (duplicate !== undefined)
    throw new AgentError("invalid_run", `Two tools are called ${duplicate}; give each a name of its own`);
}
