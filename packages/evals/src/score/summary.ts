/** The score of a run: a share of what was measured, bounds over all of it, an interval, and why the rest was not measured. */

import { wilsonInterval } from "@cachalot/environments";
import { REASONS, type Reason } from "../benchmark.js";
import type { Sample } from "../run/sample.js";
import { clusterInterval } from "./bootstrap.js";
import { type MeanMark, meanMark } from "./mean-mark.js";
import { majorityAtK, passAtK, passHatK } from "./pass-at-k.js";
import { byProblem } from "./problems.js";

/** With more of the answers cut off than this, a bare share would mislead. */
const MOST_TRUNCATED = 0.02;

export interface Summary {
  samples: number;
  problems: number;
  right: number;
  wrong: number;
  notMeasured: Readonly<Record<Reason, number>>;
  /** Right ones of those measured, each problem counting the same. null without any, or when too many were cut off. */
  score: number | null;
  /** Why there is no score. */
  refused?: string;
  /** 95 %: Wilson's for one sample a problem, else bootstrap over problems. */
  interval: [low: number, high: number];
  /** If all that was not measured were wrong, and if all of it were right. */
  bounds: [low: number, high: number];
  /** Where answers are marked by points. */
  marks?: MeanMark;
  /** By k, where every problem has as many samples. */
  passAtK: Readonly<Record<number, number>>;
  passHatK: Readonly<Record<number, number>>;
  majorityAtK: Readonly<Record<number, number>>;
  /** Means of a sample. */
  tokens: number;
  thinkingTokens: number;
  toolCalls: number;
  seconds: number;
}

export function summarise(samples: readonly Sample[]): Summary {
  const count = (verdict: Sample["verdict"]) => samples.filter((sample) => sample.verdict === verdict).length;
  const reasons = REASONS.map(
    (reason) => [reason, samples.filter((sample) => sample.reason === reason).length] as const,
  );
  const notMeasured = Object.fromEntries(reasons) as Record<Reason, number>;
  const problems = byProblem(samples);
  const [right, wrong] = [count("right"), count("wrong")];
  const refused = refusal(right + wrong, notMeasured, samples.length);
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / Math.max(samples.length, 1);
  const marks = meanMark(problems);
  const once = problems.every(({ measured }) => measured.length <= 1);
  return {
    ...{ samples: samples.length, problems: problems.length, right, wrong, notMeasured },
    score: refused === undefined ? meanOfProblems(problems.map(({ share }) => share)) : null,
    ...(refused !== undefined && { refused }),
    interval: once
      ? wilsonInterval(right, right + wrong)
      : clusterInterval(problems.flatMap(({ share }) => share ?? [])),
    bounds: [right / Math.max(samples.length, 1), (samples.length - wrong) / Math.max(samples.length, 1)],
    ...(marks && { marks }),
    ...{ passAtK: passAtK(problems), passHatK: passHatK(problems), majorityAtK: majorityAtK(problems) },
    tokens: mean(({ usage }) => usage.completionTokens),
    thinkingTokens: mean(({ usage }) => usage.reasoningTokens),
    ...{ toolCalls: mean(({ toolCalls }) => toolCalls), seconds: mean(({ seconds }) => seconds) },
  };
}

function refusal(measured: number, notMeasured: Readonly<Record<Reason, number>>, all: number): string | undefined {
  if (measured === 0) return "nothing was measured";
  const cut = notMeasured.truncated / all;
  return cut > MOST_TRUNCATED
    ? `${(100 * cut).toFixed(1)} % of the answers were cut off, more than ${100 * MOST_TRUNCATED} %: raise --max-tokens; the score lies within the bounds`
    : undefined;
}

function meanOfProblems(shares: readonly (number | undefined)[]): number {
  const known = shares.filter((share) => share !== undefined);
  return known.reduce((sum, share) => sum + share, 0) / Math.max(known.length, 1);
}
