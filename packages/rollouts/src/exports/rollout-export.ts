/** Exports: rollouts in the columns other trainers read. One file each and one line in `index.ts`. */

import type { Rollout, RolloutSequence } from "@cachalot/chat";
import type { ParquetColumn } from "@cachalot/files";
import type { RolloutsOfStep } from "../rollouts-of-step.js";

/** A row as JSON has it. */
export type ExportRow = Readonly<Record<string, unknown>>;

export interface RolloutExport {
  readonly name: string;
  /** One line for `cachalot rollouts export --help`. */
  readonly description: string;
  /** Where rows go into Parquet; else they are JSON lines. */
  readonly columns?: readonly ParquetColumn<ExportRow>[];
  /** Rows of a step. Rollouts that could not be judged have no place in a trainer's data. */
  rows(step: RolloutsOfStep): ExportRow[];
}

/** A token sequence of a judged rollout, taken apart the way most trainers want it. */
export interface ExportedSequence {
  about: RolloutsOfStep;
  rollout: Rollout & { reward: number };
  sequence: RolloutSequence;
  /** Tokens before the first that was sampled. */
  promptLength: number;
  /** `[tokens]`: 0 where not sampled, since JSON has no NaN */
  logprobs: number[];
  /** Of the rollout: the trainer's where known, else reward less the group's mean. */
  advantage: number;
  /** From 0, in order of appearance. */
  groupIndex: number;
}

/** Items by a key, both in order of appearance. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Rewards of judged rollouts less the mean of their group, by id. */
export function groupAdvantages(rollouts: readonly Rollout[]): Map<string, number> {
  const advantages = new Map<string, number>();
  for (const peers of groupedBy(rollouts.filter(isJudged), ({ group }) => group).values()) {
    const mean = peers.reduce((sum, { reward }) => sum + reward, 0) / peers.length;
    for (const { id, reward } of peers) advantages.set(id, reward - mean);
  }
  return advantages;
}

const isJudged = (rollout: Rollout): rollout is Rollout & { reward: number } => rollout.reward !== null;

/** Every sequence of every judged rollout. */
export function sequencesOf(about: RolloutsOfStep): ExportedSequence[] {
  const judged = about.rollouts.filter(isJudged);
  const groups = [...new Set(judged.map(({ group }) => group))];
  const advantages = groupAdvantages(judged);
  return judged.flatMap((rollout) => {
    const advantage = about.advantages?.get(rollout.id) ?? advantages.get(rollout.id)!;
    const groupIndex = groups.indexOf(rollout.group);
    return rollout.sequences.map((sequence) => {
      const first = sequence.sampled.indexOf(1);
      const promptLength = first === -1 ? sequence.ids.length : first;
      const logprobs = Array.from(sequence.logprobs, (logprob, i) => (sequence.sampled[i] === 1 ? logprob : 0));
      return { about, rollout, sequence, promptLength, logprobs, advantage, groupIndex };
    });
  });
}

/** Experts as nested lists, `[tokens - 1][layers][k]`. */
export function nestedExperts({ experts }: RolloutSequence): number[][][] | undefined {
  if (!experts) return undefined;
  const { data } = experts;
  const [tokens, layers, k] = experts.shape;
  return Array.from({ length: tokens }, (_, t) =>
    Array.from({ length: layers }, (_, layer) => {
      const at = (t * layers + layer) * k;
      return [...data.subarray(at, at + k)];
    }),
  );
}

/** The set each token of `[from, end)` was drawn from; empty where that is the whole vocabulary, and for tokens that were read. */
export function keptSets({ sampled, kept }: RolloutSequence, from: number): number[][] | undefined {
  if (!kept) return undefined;
  const sets: number[][] = [];
  let [drawn, at] = [0, 0];
  for (const [i, bit] of sampled.entries()) {
    const count = bit === 1 ? kept.counts[drawn++]! : 0;
    if (i >= from) sets.push([...kept.ids.subarray(at, at + count)]);
    at += count;
  }
  return sets;
}

/** The task's own messages: what stands before the policy's first answer. */
export function promptMessages({ messages, turns }: Rollout): Rollout["messages"] {
  const answers = messages.flatMap(({ role }, i) => (role === "assistant" ? [i] : []));
  return turns === 0 ? messages : messages.slice(0, answers.at(-turns));
}
