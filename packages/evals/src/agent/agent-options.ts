/** Agent budget and context strategy of an evaluation: what an agent may spend, which it is told, and what goes when its window is full. */

import { CONTEXT_STRATEGIES, type ContextStrategy } from "@cachalot/agent";
import type { Benchmark, Item } from "../benchmark.js";
import { EvalsError } from "../errors.js";

/** The report's parallel baseline: independent trajectories, and the answer of the one with the fewest steps. */
const FEWEST_STEPS = "fewest-steps";
export type AgentStrategy = ContextStrategy | typeof FEWEST_STEPS;
const AGENT_STRATEGIES: readonly AgentStrategy[] = [...CONTEXT_STRATEGIES, FEWEST_STEPS];

const DEFAULT_STEPS = 50;
const DEFAULT_TRAJECTORIES = 4;

export interface AgentOptions {
  strategy: AgentStrategy;
  /** More than one for `fewest-steps` only. */
  trajectories: number;
  /** Model calls of a trajectory. */
  steps: number;
  /** Of a trajectory, prompts and answers together. */
  tokens?: number;
  /** Tokens of the window. Default: the model's. */
  window?: number;
}

/**
 * @param asked what the user says of it, undefined where nothing is
 * @returns undefined for problems that are no agent's: those are neither told a budget nor held to one
 * @throws EvalsError `invalid_options`
 */
export function agentOptions(benchmark: Benchmark, asked: Partial<AgentOptions> | undefined): AgentOptions | undefined {
  if (!benchmark.open) {
    if (!asked) return undefined;
    throw new EvalsError(
      "invalid_options",
      `${benchmark.name} has no tools, and so none of an agent's options; leave out ${given(asked)}`,
    );
  }
  if (!asked && !benchmark.agent) return undefined;
  if (benchmark.told || benchmark.offers)
    throw new EvalsError(
      "invalid_options",
      `${benchmark.name} is a conversation with limits of its own; leave out ${given(asked)}`,
    );
  const { strategy = "none", trajectories, ...rest } = asked ?? {};
  if (!AGENT_STRATEGIES.includes(strategy))
    throw new EvalsError(
      "invalid_options",
      `there is no strategy ${strategy}; there are ${AGENT_STRATEGIES.join(", ")}`,
    );
  if (trajectories !== undefined && strategy !== FEWEST_STEPS)
    throw new EvalsError("invalid_options", `${strategy} has one trajectory; several are those of ${FEWEST_STEPS}`);
  return {
    ...{ steps: DEFAULT_STEPS, ...benchmark.agent, ...rest, strategy },
    trajectories: strategy === FEWEST_STEPS ? (trajectories ?? DEFAULT_TRAJECTORIES) : 1,
  };
}

/** What of an agent's options was given, for people. */
const given = (asked: Partial<AgentOptions> = {}): string =>
  Object.keys(asked)
    .map((name) => (name === "tokens" ? "token limit" : name))
    .join(" and ");

/** The strategy of one trajectory. */
export const contextStrategy = ({ strategy }: AgentOptions): ContextStrategy =>
  strategy === FEWEST_STEPS ? "none" : strategy;

/** The problem as an agent reads it: its budget stands behind the task. */
export function withBudget<D>(item: Item<D>, { steps, tokens }: AgentOptions, timeoutMs: number): Item<D> {
  const last = item.messages.findLastIndex(({ role }) => role === "user");
  const parts = [`${steps} steps (a step is one message of yours)`, ...(tokens ? [`${tokens} tokens in all`] : [])];
  const note =
    `You have ${parts.join(", ")} and ${duration(timeoutMs)}. Finish before they are used up: ` +
    "what is not done by then does not count.";
  const messages = item.messages.map((message, i) =>
    i === last ? { ...message, content: `${message.content ?? ""}\n\n${note}` } : message,
  ) as Item["messages"];
  return { ...item, messages };
}

const duration = (ms: number): string =>
  ms >= 120_000 ? `${Math.floor(ms / 60_000)} minutes` : `${Math.ceil(ms / 1000)} seconds`;

/** From this many steps on an agent is reminded with every result. */
const REMINDED_FROM = 3;

/** @param left steps that are left after this one */
export function reminder(left: number): string {
  if (left > REMINDED_FROM) return "";
  return left <= 1
    ? "\n\n[One step is left: finish now.]"
    : `\n\n[${left} steps are left: finish before they are used up.]`;
}
