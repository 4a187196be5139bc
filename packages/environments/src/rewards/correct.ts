import { answerText, type Reward } from "../reward.js";

/** 1 for an answer that passes the check, else 0; no answer never passes. The part named `correct` that length penalties look at. */
export function correct<D>(check: (answer: string, data: D) => boolean, weight = 1): Reward<D> {
  return {
    name: "correct",
    weight,
    score(rollout) {
      const answer = answerText(rollout);
      return answer !== "" && check(answer, rollout.task.data) ? 1 : 0;
    },
  };
}
