/** The report's baseline for long tasks: several independent runs, and the answer of the one that took the fewest steps. */

import { randomUUID } from "node:crypto";
import { AsyncQueue, type ChatModel } from "@cachalot/chat";
import { AgentError } from "../errors.js";
import type { AgentEvent, AgentResult } from "../loop/events.js";
import { runAgent } from "../loop/run-agent.js";
import type { RunOptions } from "../loop/run-options.js";

export interface FewestSteps {
  /** Of each trajectory, in order. */
  results: AgentResult[];
  /** Index of the trajectory that was taken. */
  taken: number;
}

export interface TrajectoryEvent {
  trajectory: number;
  event: AgentEvent;
}

/** Those that answered come before those that did not; among equals the first. */
export function fewestSteps(results: readonly Pick<AgentResult, "stopReason" | "steps">[]): number {
  const cost = ({ stopReason, steps }: Pick<AgentResult, "stopReason" | "steps">) =>
    stopReason === "answer" ? steps : Number.MAX_SAFE_INTEGER / 2 + steps;
  return results.reduce((best, result, i) => (cost(result) < cost(results[best]!) ? i : best), 0);
}

/** What trajectory `index` is run with: its own conversation, seed and name. */
function trajectoryOptions(options: RunOptions, index: number): RunOptions {
  const { seed, runId = randomUUID() } = options;
  return {
    ...options,
    messages: structuredClone(options.messages),
    runId: `${runId}.${index}`,
    ...(seed === undefined ? {} : { seed: seed + index }),
  };
}

/**
 * Runs `count` trajectories side by side. The messages of the one taken are appended to `options.messages`.
 *
 * @throws AgentError `invalid_run`; what any of the runs throws, when all have ended
 */
export async function* runFewestSteps(
  model: ChatModel,
  options: RunOptions,
  count: number,
): AsyncGenerator<TrajectoryEvent, FewestSteps, undefined> {
  if (!(Number.isInteger(count) && count > 0)) {
    throw new AgentError("invalid_run", `${count} trajectories cannot be run; give a whole number above zero`);
  }
  const live = new AsyncQueue<TrajectoryEvent>();
  const given = options.messages.length;
  const left = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  const runs = Array.from({ length: count }, async (_, trajectory) => {
    const run = runAgent(model, { ...trajectoryOptions(options, trajectory), signal });
    for (;;) {
      const { done, value } = await run.next();
      if (done) return value;
      live.push({ trajectory, event: value });
    }
  });
  const ended = Promise.allSettled(runs).then((outcomes) => {
    live.end();
    return outcomes;
  });
  try {
    yield* live;
  } finally {
    left.abort();
  }
  const results = (await ended).map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  const taken = fewestSteps(results);
  options.messages.push(...results[taken]!.messages.slice(given));
  return { results, taken };
}
