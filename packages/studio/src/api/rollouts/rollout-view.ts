/** Rollouts as the page shows them: groups with rewards and advantages, and tokens with all that is known of each. */

import { readFile } from "node:fs/promises";
import { type Rollout, type RolloutSequence, sampledTokens } from "@cachalot/chat";
import type { TextTokenizer } from "@cachalot/server";
import type { RolloutGroup, RolloutGroups, RolloutTokens } from "../../wire/rollouts.js";
import type { ReadStep } from "./rollout-files.js";

/** Tokens of a sequence that are sent. */
const SHOWN = 4000;

export function groupsOf(file: string, { step, rollouts, advantages }: ReadStep): RolloutGroups {
  const groups = new Map<string, RolloutGroup>();
  for (const rollout of rollouts) {
    const { group, task } = rollout;
    const { taskset, key, level, mode, split } = task;
    const known = groups.get(group) ?? { group, task: { taskset, key, level, mode, split }, rollouts: [] };
    groups.set(group, known);
    known.rollouts.push(summaryOf(rollout, advantages.get(rollout.id) ?? null));
  }
  return { file, step, groups: [...groups.values()] };
}

function summaryOf(rollout: Rollout, advantage: number | null): RolloutGroup["rollouts"][number] {
  const { id, sample, reward, rewards, outcome, error, turns, toolCalls } = rollout;
  const tokens = sampledTokens(rollout);
  return {
    ...{ id, sample, reward, rewards, advantage, outcome, turns, toolCalls, tokens },
    ...(error === undefined ? {} : { error }),
  };
}

export function tokensOf(
  { rollouts }: ReadStep,
  group: string,
  tokenizer: TextTokenizer | undefined,
  updates: readonly Update[],
): RolloutTokens {
  const own = rollouts.filter((rollout) => rollout.group === group);
  return {
    ...{ group, decoded: tokenizer !== undefined },
    rollouts: own.map(({ id, sequences }) => ({
      id,
      sequences: sequences.map((sequence) => sequenceView(sequence, tokenizer, group, updates)),
    })),
  };
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

type SequenceView = RolloutTokens["rollouts"][number]["sequences"][number];

function sequenceView(
  sequence: RolloutSequence,
  tokenizer: TextTokenizer | undefined,
  group: string,
  updates: readonly Update[],
): SequenceView {
  const { ids, sampled, logprobs, rawLogprobs, kept, experts, selection } = sequence;
  const shown = Math.min(ids.length, SHOWN);
  const cut = <T>(values: ArrayLike<T>): T[] => Array.from(values).slice(0, shown);
  const texts = cut(ids).map((id) => tokenizer?.decode([id]) ?? String(id));
  const update = updates.find(
    (one) =>
      one.group === group && one.tokens.length >= shown && texts.every((text, i) => one.tokens[i]!.text === text),
  );
  return {
    texts,
    sampled: cut(sampled),
    logprobs: cut(logprobs).map(known),
    rawLogprobs: cut(rawLogprobs).map(known),
    ...(kept ? { kept: keptOf(sampled, kept.counts, shown) } : {}),
    ...(update
      ? {
          ratios: cut(update.tokens).map(({ trained }) => trained?.ratio ?? null),
          dropped: cut(update.tokens).map(({ trained }) => Number(trained?.masked ?? false)),
        }
      : {}),
    ...{ routed: experts !== undefined, selected: selection !== undefined, omitted: ids.length - shown },
  };
}

function keptOf(sampled: ArrayLike<number>, counts: ArrayLike<number>, shown: number): number[] {
  let at = 0;
  return Array.from({ length: shown }, (_, i) => (sampled[i] === 1 ? (counts[at++] ?? 0) : 0));
}

/** What the newest update did with some sequences, as training wrote it. */
interface Update {
  group: string;
  tokens: { text: string; trained?: { ratio: number; masked: boolean } }[];
}

/** Of the step's rollouts, where they are of the newest step. @param path of view.json */
export async function updatesOf(path: string, step: number): Promise<readonly Update[]> {
  try {
    const view = JSON.parse(await readFile(path, "utf8")) as { step: number; rollouts: Update[] };
    // Files count from 0, the view from 1.
    return view.step === step + 1 ? view.rollouts : [];
  } catch {
    return [];
  }
}
