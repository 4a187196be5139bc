/** Collects a step's rollouts, refilling groups that teach nothing; they are on disk before anything learns from them. */

import type { Rollout } from "@cachalot/chat";
import { TrainingError } from "../errors.js";
import { groupsOf, isJudged, isMixed } from "./rollout-groups.js";
import type { Policy, RolloutRequest, RolloutSource } from "./rollout-source.js";
import { type RolloutStore, rolloutsName } from "./rollout-store.js";

export interface CollectOptions extends Omit<RolloutRequest, "round" | "step" | "version"> {
  /** Groups sampled at most, as a multiple of `groups`: more are drawn where some teach nothing. */
  refill: number;
  /** Whether groups of equal rewards are left out. */
  learnsFromRewards: boolean;
}

/** Share of rollouts that may go unjudged, and how many at least it takes to stop a run. */
const MOST_UNJUDGED = { share: 0.05, count: 2 };

/**
 * The rollouts of a step: read again where they are on disk, else sampled and written. The source stands behind them afterwards.
 * @throws TrainingError `no_signal` where too many could not be judged.
 */
export async function collectRollouts(
  { source, store, policy, signal }: Collecting,
  step: number,
  options: CollectOptions,
): Promise<{ rollouts: Rollout[]; isNew: boolean }> {
  const name = rolloutsName(step);
  const stored = await store.read(name);
  if (stored) {
    source.restore(stored.sourceState);
    requireJudged(stored.rollouts, step);
    return { rollouts: stored.rollouts, isNew: false };
  }
  const rollouts = await sampleRounds(source, policy, step, options, signal);
  await store.write(name, { step, rollouts, sourceState: source.state() });
  requireJudged(rollouts, step);
  return { rollouts, isNew: true };
}

export interface Collecting {
  source: RolloutSource;
  store: RolloutStore;
  policy: Policy;
  signal: AbortSignal | undefined;
}

async function sampleRounds(
  source: RolloutSource,
  policy: Policy,
  step: number,
  { refill, learnsFromRewards, ...request }: CollectOptions,
  signal: AbortSignal | undefined,
): Promise<Rollout[]> {
  const most = Math.floor(request.groups * refill);
  const rollouts: Rollout[] = [];
  let missing = request.groups;
  for (let round = 0, sampled = 0; missing > 0 && sampled < most; round++) {
    const groups = Math.min(missing, most - sampled);
    rollouts.push(
      ...(await source.collect({ ...request, step, round, groups, version: policy.version }, policy, signal)),
    );
    sampled += groups;
    const all = groupsOf(rollouts);
    missing = learnsFromRewards ? request.groups - all.filter(isMixed).length : 0;
    // Where nothing teaches at all, more of the same does not either.
    if (missing === request.groups) break;
  }
  signal?.throwIfAborted();
  return rollouts;
}

function requireJudged(rollouts: readonly Rollout[], step: number): void {
  const unjudged = rollouts.filter((rollout) => !isJudged(rollout));
  if (unjudged.length < MOST_UNJUDGED.count || unjudged.length <= MOST_UNJUDGED.share * rollouts.length) return;
  const [first] = unjudged;
  throw new TrainingError(
    "no_signal",
    `step ${step + 1}: ${unjudged.length} of ${rollouts.length} rollouts could not be judged (${first!.task.taskset}, ${first!.outcome}` +
      `${first!.error ? `: ${first!.error}` : ""}); a run stops above ${100 * MOST_UNJUDGED.share} %: mend the reward or the environment`,
  );
}
