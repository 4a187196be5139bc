/** The mean mark of a run whose answers are marked by points: partial credit, beside the share that is right. */

import type { Sample } from "../run/sample.js";
import { clusterInterval } from "./bootstrap.js";
import type { ProblemSamples } from "./problems.js";

export interface MeanMark {
  /** Of the points there are, each problem counting the same. */
  share: number;
  /** 95 %, bootstrap over problems. */
  interval: [low: number, high: number];
  /** Over all marked samples. */
  got: number;
  most: number;
}

/** @returns undefined where nothing was marked. A sample that was not measured has no mark. */
export function meanMark(problems: readonly ProblemSamples[]): MeanMark | undefined {
  const marked = problems.map(({ measured }) => measured.flatMap(({ mark }) => mark ?? [])).filter(hasAny);
  if (marked.length === 0) return undefined;
  const shares = marked.map((marks) => sum(marks.map(({ got, most }) => got / most)) / marks.length);
  const all = marked.flat();
  return {
    share: sum(shares) / shares.length,
    interval: clusterInterval(shares),
    got: sum(all.map(({ got }) => got)),
    most: sum(all.map(({ most }) => most)),
  };
}

const hasAny = (marks: readonly NonNullable<Sample["mark"]>[]): boolean => marks.length > 0;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
