/** Calibration of a judge: how often it is wrong on questions whose answers are known. */

import { wilsonInterval } from "@cachalot/environments";
import type { Benchmark, ItemRequest } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import type { Judge, Planted } from "./judge.js";

export interface JudgeCalibration {
  asked: number;
  /** It could not tell. */
  unsure: number;
  /** Share of its verdicts that were wrong. */
  error: number;
  /** 95 % confidence (Wilson's score interval). */
  interval: [low: number, high: number];
}

/** A judge that is wrong more often is refused: its verdicts say too little. */
const MOST_WRONG = 0.2;

/** Plants right and wrong answers of a benchmark. @throws EvalsError `invalid_options` for one without them, or a judge that is too often wrong */
export async function calibrateOn(
  judge: Judge,
  benchmark: Benchmark,
  request: ItemRequest,
  most: number,
): Promise<JudgeCalibration> {
  let [asked, unsure, wrong] = [0, 0, 0];
  for await (const item of benchmark.items(request)) {
    for (const planted of benchmark.planted?.(item) ?? []) {
      if (asked >= most) break;
      asked++;
      const isRight = await answers(judge, planted);
      if (isRight === undefined) unsure++;
      else if (!isRight) wrong++;
    }
    if (asked >= most) break;
  }
  const told = asked - unsure;
  if (asked === 0)
    throw new EvalsError("invalid_options", `${benchmark.name} has nothing that a judge decides; leave --judge out`);
  const error = told === 0 ? 1 : wrong / told;
  if (error > MOST_WRONG)
    throw new EvalsError(
      "invalid_options",
      `judge ${judge.name} is wrong on ${wrong} of ${told} planted questions (and cannot tell on ${unsure}): more than ${100 * MOST_WRONG} %; take a better model`,
    );
  return { asked, unsure, error, interval: wilsonInterval(wrong, told) };
}

/** A mark may be off by one. */
async function answers(judge: Judge, planted: Planted): Promise<boolean | undefined> {
  if ("mark" in planted) {
    const got = await judge.marks(planted);
    return got === undefined ? undefined : Math.abs(got - planted.mark) <= 1;
  }
  const verdict = await judge.asks(planted);
  return verdict === undefined ? undefined : verdict === planted.holds;
}
