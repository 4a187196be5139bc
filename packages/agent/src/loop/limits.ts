import type { Usage } from "@cachalot/chat";
import { AgentError } from "../errors.js";
import type { StopReason } from "./events.js";

/** Looked at before each model call; time also while one, or a tool, is at work. */
export interface RunLimits {
  /** Model calls. Default 16. */
  steps?: number;
  /** Prompt and completion tokens of all steps together. */
  tokens?: number;
  /** Wall time in milliseconds. */
  durationMs?: number;
  /** In the unit of the `cost` option. */
  cost?: number;
}

/** @throws AgentError `invalid_run` for a limit that is not above zero, or a cost limit without a price */
export function checkLimits(limits: RunLimits, hasPrice: boolean): void {
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined) continue;
    if (!(value > 0)) throw new AgentError("invalid_run", `limits.${name} is ${value}; give a number above zero`);
  }
  if (limits.cost !== undefined && !hasPrice) {
    throw new AgentError("invalid_run", "limits.cost needs the option cost, which turns usage into a price; give it");
  }
}

/** The limit that forbids another model call; undefined while there is none. */
export function limitReached(
  { steps = 16, tokens = Infinity, cost = Infinity }: RunLimits,
  spent: { steps: number; usage: Usage; cost: number },
): StopReason | undefined {
  if (spent.steps >= steps) return "steps";
  if (spent.usage.promptTokens + spent.usage.completionTokens >= tokens) return "tokens";
  return spent.cost >= cost ? "cost" : undefined;
}

export const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
  };
}
