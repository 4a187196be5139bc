/** What a rollout viewer shows: some rollouts of the newest step, and what the update did with each of their tokens. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Rollout } from "@cachalot/chat";
import { writeAtomic } from "@cachalot/files";
import type { PolicyTokenizer } from "./rollout-source.js";
import type { TrainingSequence } from "./training-sequence.js";

export interface ViewedToken {
  text: string;
  /** Of tokens that the policy sampled and that were trained on. */
  trained?: {
    /** pi_theta / pi_old when it was. */
    ratio: number;
    /** The update left it out: its ratio was clipped, or its sequence dropped. */
    masked: boolean;
  };
}

export interface ViewedRollout {
  /** As in "sorting/chat, level 1". */
  task: string;
  group: string;
  outcome: string;
  reward: number | null;
  rewards: Record<string, number | null>;
  advantage: number;
  tokens: ViewedToken[];
}

export interface RolloutView {
  /** From 1. */
  step: number;
  rollouts: ViewedRollout[];
}

/** A sequence with what its mini-batch gave for it. */
export interface TrainedSequence {
  sequence: TrainingSequence;
  /** log pi_theta before its update. */
  logprobs: Float64Array;
  /** dLoss / dlog pi_theta. */
  gradients: Float64Array;
}

/** Groups shown, and rollouts of each. */
const SHOWN = { groups: 4, rollouts: 4 };

export function viewOf(
  step: number,
  rollouts: readonly Rollout[],
  trained: readonly TrainedSequence[],
  tokenizer: PolicyTokenizer,
): RolloutView {
  const groups = [...new Set(trained.map(({ sequence }) => sequence.group))].slice(0, SHOWN.groups);
  const shown = groups.flatMap((group) =>
    trained.filter(({ sequence }) => sequence.group === group).slice(0, SHOWN.rollouts),
  );
  return {
    step: step + 1,
    rollouts: shown.flatMap((own) => {
      const rollout = rollouts.find(({ id }) => id === own.sequence.rollout);
      return rollout ? [viewedRollout(rollout, own, tokenizer)] : [];
    }),
  };
}

function viewedRollout(
  { task, group, outcome, reward, rewards }: Rollout,
  { sequence, logprobs, gradients }: TrainedSequence,
  tokenizer: PolicyTokenizer,
): ViewedRollout {
  const tokens: ViewedToken[] = Array.from(sequence.ids, (id) => ({ text: tokenizer.decode([id]) }));
  for (const [i, t] of sequence.sampledAt.entries())
    tokens[t]!.trained = { ratio: Math.exp(logprobs[i]! - sequence.oldLogprobs[i]!), masked: gradients[i] === 0 };
  const { advantage } = sequence;
  return {
    task: `${task.taskset}/${task.mode}, level ${task.level}`,
    group,
    outcome,
    reward,
    rewards,
    advantage,
    tokens,
  };
}

const fileIn = (dir: string) => join(dir, "view.json");

/** The view of the newest step takes the place of the one before. @param dir of the stage's rollouts */
export async function writeView(dir: string, view: RolloutView): Promise<void> {
  await writeAtomic(fileIn(dir), JSON.stringify(view));
}

/** undefined where there is none, or none that can be read. */
export async function readView(dir: string): Promise<RolloutView | undefined> {
  if (!existsSync(fileIn(dir))) return undefined;
  try {
    return JSON.parse(await readFile(fileIn(dir), "utf8")) as RolloutView;
  } catch {
    return undefined;
  }
}
