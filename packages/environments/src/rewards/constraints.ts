import { answerText, type Reward } from "../reward.js";

/** A verifiable instruction: what is asked, how it is checked, and its share. */
export interface Constraint {
  criterion: string;
  check(answer: string): boolean;
  /** Default 1. */
  weight?: number;
}

/**
 * Verifiable instructions: `correct` is 1 where all of them are followed, `followed` is the share that is, by weight. An empty
 * answer follows none.
 *
 * @param partial the share earns, not only the whole
 */
export function constraintRewards<D>(
  constraints: (data: D) => readonly Constraint[],
  { partial = false, weight = 1 }: { partial?: boolean; weight?: number } = {},
): Reward<D>[] {
  const followed = (answer: string, data: D): number => {
    const asked = constraints(data);
    const all = asked.reduce((sum, { weight = 1 }) => sum + weight, 0);
    if (answer === "" || all === 0) return 0;
    return asked.reduce((sum, { check, weight = 1 }) => sum + (check(answer) ? weight : 0), 0) / all;
  };
  return [
    {
      name: "correct",
      weight: partial ? 0 : weight,
      score: (rollout) => Number(followed(answerText(rollout), rollout.task.data) > 1 - 1e-9),
    },
    {
      name: "followed",
      weight: partial ? weight : 0,
      score: (rollout) => followed(answerText(rollout), rollout.task.data),
    },
  ];
}
