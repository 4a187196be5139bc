/** LLM judge: a rubric for each prompt, any chat model, and how often it is wrong, measured before it is trusted. */

import type { ChatModel } from "@cachalot/chat";
import { EnvironmentError } from "../errors.js";
import { wilsonInterval } from "../measure/wilson-interval.js";
import { answerText, type FinishedRollout, type Reward } from "../reward.js";
import { type Comparison, compareAnswers, type JudgeOptions } from "./compare-answers.js";

/** Two answers of which people know the better one. */
export type CalibrationCase = Pick<Comparison, "question" | "rubric"> & { better: string; worse: string };

/** How far a judge can be trusted. */
export interface Calibration {
  cases: number;
  /** Cases that it judged in a form that is understood. */
  judged: number;
  /** Cases whose two orders disagreed. */
  inconsistent: number;
  /** Share of judged cases in which it took the worse answer; a tie, or orders that disagree, count half. */
  error: number;
  /** 95 % confidence (Wilson's score interval). */
  interval: [low: number, high: number];
}

/** Measures a judge. @throws EnvironmentError `invalid_task` without cases; what the model throws */
export async function calibrateJudge(
  model: ChatModel,
  cases: readonly CalibrationCase[],
  options: JudgeOptions = {},
): Promise<Calibration> {
  if (cases.length === 0)
    throw new EnvironmentError(
      "invalid_task",
      "a judge is calibrated by cases; give it pairs of a better and a worse answer",
    );
  let [judged, inconsistent, wrong] = [0, 0, 0];
  for (const { better, worse, ...prompt } of cases) {
    const { score, consistent } = await compareAnswers(model, { ...prompt, answer: better, reference: worse }, options);
    if (score === null) continue;
    judged++;
    wrong += 1 - score;
    if (!consistent) inconsistent++;
  }
  const error = judged === 0 ? 1 : wrong / judged;
  return { cases: cases.length, judged, inconsistent, error, interval: wilsonInterval(wrong, judged) };
}

export interface JudgedOptions<D> extends JudgeOptions {
  model: ChatModel;
  /** What makes an answer to this task good, and an answer to compare with. */
  rubric(data: D): { rubric: string; reference: string };
  /** Of this model, by `calibrateJudge`. */
  calibration: Calibration;
  /** Judges that are wrong more often are refused. Default 0.2. */
  maxError?: number;
  /** Default 1. */
  weight?: number;
  /** Default "judge". */
  name?: string;
}

/**
 * A judge's verdict on the answer against the reference: 1, 0.5 or 0, between them where its two orders disagree. null where it
 * was not understood. No answer is 0 without asking.
 *
 * @throws EnvironmentError `invalid_task` for a judge that is wrong too often
 */
export function judged<D>(options: JudgedOptions<D>): Reward<D> & { readonly calibration: Calibration } {
  const { model, rubric, calibration, maxError = 0.2, weight = 1, name = "judge" } = options;
  if (!(calibration.error <= maxError))
    throw new EnvironmentError(
      "invalid_task",
      `judge ${model.id} is wrong in ${(100 * calibration.error).toFixed(0)} % of ${calibration.judged} cases, ` +
        `more than ${100 * maxError} %; take a better model or rubric`,
    );
  return {
    ...{ name, weight, calibration },
    async score(rollout) {
      const answer = answerText(rollout);
      if (answer === "") return 0;
      const question = questionOf(rollout);
      return (await compareAnswers(model, { question, answer, ...rubric(rollout.task.data) }, options)).score;
    },
  };
}

function questionOf<D>({ task }: FinishedRollout<D>): string {
  return task.messages.map(({ content }) => content ?? "").join("\n");
}
