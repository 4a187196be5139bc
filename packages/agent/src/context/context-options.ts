import { AgentError } from "../errors.js";
import type { TextTokenizer } from "./prompt-tokens.js";

/**
 * What is done when a run's prompt passes a share of the window (report, section 4.4).
 * - `none`: nothing; the run ends when the window is full
 * - `summary`: the model sums up what it did, and starts again from the task and its summary
 * - `discard-75`: the first three quarters of the tool calls go, with their results and reasoning
 * - `discard-all`: all of them go; the model starts again from the task
 */
export type ContextStrategy = "none" | "summary" | "discard-75" | "discard-all";

export const CONTEXT_STRATEGIES: readonly ContextStrategy[] = ["none", "summary", "discard-75", "discard-all"];

export interface ContextOptions {
  strategy: ContextStrategy;
  /** The model's own: prompts are counted with it. */
  tokenizer: TextTokenizer;
  /** Share of the window, in (0, 1], past which the strategy is applied. Default 0.8, as published. */
  threshold?: number;
  /** Tokens, prompt and answer together. Default: the model's context length. */
  window?: number;
}

/** @throws AgentError `invalid_run` */
export function checkContext({ threshold = 0.8, window = 1 }: ContextOptions): void {
  if (!(threshold > 0 && threshold <= 1)) {
    throw new AgentError("invalid_run", `context.threshold is ${threshold}; give a share of the window, such as 0.8`);
  }
  if (!(Number.isInteger(window) && window > 0)) {
    throw new AgentError("invalid_run", `context.window is ${window}; give a whole number of tokens above zero`);
  }
}
