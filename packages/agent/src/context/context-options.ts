import { AgentError } from "../errors.js";
import type { TextTokenizer } from "./prompt-tokens.js";
import { type ContextStrategy, STRATEGIES } from "./strategies/index.js";

export const CONTEXT_STRATEGIES: readonly ContextStrategy[] = STRATEGIES.map(({ name }) => name);

export const DEFAULT_STRATEGY: ContextStrategy = STRATEGIES[0].name;

export interface ContextOptions {
  /** What is done when a run's prompt passes a share of the window. */
  strategy: ContextStrategy;
  /** The model's own: prompts are counted with it. Default: they are estimated, and corrected by what the model reports. */
  tokenizer?: TextTokenizer;
  /** Share of the window, in (0, 1], past which the strategy is applied. Default 0.8, as published. */
  threshold?: number;
  /** Tokens, prompt and answer together. Default: the model's context length. */
  window?: number;
}

/** @throws AgentError `invalid_run` */
export function checkContext({ strategy, threshold = 0.8, window = 1 }: ContextOptions): void {
  if (!CONTEXT_STRATEGIES.includes(strategy)) {
    throw new AgentError("invalid_run", `There is no strategy ${strategy}; there are ${CONTEXT_STRATEGIES.join(", ")}`);
  }
  if (!(threshold > 0 && threshold <= 1)) {
    throw new AgentError("invalid_run", `context.threshold is ${threshold}; give a share of the window, such as 0.8`);
  }
  if (!(Number.isInteger(window) && window > 0)) {
    throw new AgentError("invalid_run", `context.window is ${window}; give a whole number of tokens above zero`);
  }
}
