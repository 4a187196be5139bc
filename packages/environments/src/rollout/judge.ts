import type { Rollout } from "@cachalot/chat";
import type { FinishedRollout, Reward } from "../reward.js";
import { guarded, type Patience } from "./environment-fault.js";

/** What a rollout earned. */
export type Verdict = Pick<Rollout, "reward" | "rewards" | "outcome" | "error">;

/** Weighted sum of a rubric; null where a part could not be judged. Solved: every part with a weight has its whole score. */
export async function judge<D>(
  rubric: readonly Reward<D>[],
  finished: FinishedRollout<D>,
  patience: Patience,
): Promise<Verdict> {
  const rewards: Record<string, number | null> = {};
  const errors: string[] = [];
  for (const part of rubric) {
    try {
      rewards[part.name] = await guarded(`reward ${part.name}`, patience, () => part.score(finished, rewards));
    } catch (error) {
      patience.signal?.throwIfAborted();
      rewards[part.name] = null;
      errors.push((error as Error).message);
    }
  }
  const counted = rubric.filter(({ weight }) => weight !== 0);
  const missing = counted.find(({ name }) => rewards[name] === null || !Number.isFinite(rewards[name]));
  if (missing) {
    const error = errors[0] ?? `reward ${missing.name} could not judge`;
    return { reward: null, rewards, outcome: "grader-error", error };
  }
  const reward = counted.reduce((sum, { name, weight }) => sum + weight * rewards[name]!, 0);
  const whole = counted.every(({ name, weight }) => weight < 0 || rewards[name]! >= 1 - 1e-6);
  return { reward, rewards, outcome: finished.overlong ? "overlong" : whole ? "solved" : "failed" };
}
