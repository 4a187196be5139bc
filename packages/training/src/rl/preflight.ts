/** The preflight: looks at the first step's rollouts before anything learns from them, and refuses what cannot work. */

import type { ChatMessage, Rollout } from "@cachalot/chat";
import { TrainingError } from "../errors.js";
import type { Mismatch } from "./rl-metrics.js";
import { summarizeRollouts } from "./summarize-rollouts.js";

/** Fewer mixed groups than this share teach too little. */
const LEAST_MIXED = 0.05;
const SAMPLES = 3;

/** Lines that tell what a run starts from. */
export function preflightLines(rollouts: readonly Rollout[], mismatch: Mismatch): string[] {
  const { pass1, passG, mixedGroups, length, truncated, groups, reward } = summarizeRollouts(rollouts);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    `preflight over ${rollouts.length} rollouts in ${groups} groups: pass@1 ${percent(pass1)}, pass@G ${percent(passG)}, ` +
      `reward ${reward.toFixed(3)}, mixed groups ${percent(mixedGroups)}`,
    `length ${length.mean.toFixed(1)} tokens (most ${length.max}), truncated ${percent(truncated)}, ` +
      `|engine - trainer| mean ${mismatch.mean.toExponential(1)}, max ${mismatch.max.toExponential(1)} nats`,
    ...spread(rollouts).map(
      (rollout) => `sample (${rollout.outcome}, reward ${rollout.reward}): ${said(rollout.messages)}`,
    ),
  ];
}

/** @throws TrainingError `no_signal` where fewer than 5 % of the groups are mixed; it says why. */
export function requireSignal(rollouts: readonly Rollout[]): void {
  const { mixedGroups, solvedGroups, failedGroups, truncated, outcomes } = summarizeRollouts(rollouts);
  if (mixedGroups >= LEAST_MIXED) return;
  const why =
    solvedGroups >= failedGroups
      ? "the policy already solves nearly all tasks; raise their level"
      : truncated > 0.5
        ? "most answers are cut off; raise the tasks' budget of tokens, or teach shorter answers first (stage sft)"
        : (outcomes.unparsed ?? 0) > rollouts.length / 2
          ? "most answers cannot be parsed; teach the format first (stage sft)"
          : "the policy solves nearly none; teach it until pass@1 is 10 to 50 % (stage sft), or lower the tasks' level";
  throw new TrainingError(
    "no_signal",
    `only ${(100 * mixedGroups).toFixed(1)} % of the groups have rewards that differ, so there is nothing to learn from: ${why}. ` +
      "--no-preflight trains all the same",
  );
}

/** Some of the rollouts, good and bad. */
function spread(rollouts: readonly Rollout[]): Rollout[] {
  const sorted = rollouts.toSorted((a, b) => (b.reward ?? -1) - (a.reward ?? -1));
  const at = [0, Math.floor((sorted.length - 1) / 2), sorted.length - 1];
  return [...new Set(at)].slice(0, SAMPLES).flatMap((i) => sorted[i] ?? []);
}

function said(messages: readonly ChatMessage[]): string {
  const text = messages.map((message) => {
    const content = "content" in message && message.content ? JSON.stringify(message.content) : "";
    const calls = message.role === "assistant" && message.tool_calls ? JSON.stringify(message.tool_calls) : "";
    return `${message.role}: ${content}${calls}`;
  });
  const line = text.slice(-2).join(" · ");
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
