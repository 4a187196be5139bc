/** Paired comparison of two runs on the problems that both have: what problems have in common cancels out. */

import { EvalsError } from "../errors.js";
import type { StoredRun } from "../run/run-directory.js";
import { clusterInterval } from "../score/bootstrap.js";
import { byProblem } from "../score/problems.js";

export interface Comparison {
  /** Problems that both measured. */
  problems: number;
  /** Problems that only one of them measured, or has. */
  apart: number;
  scores: [a: number, b: number];
  /** b - a, with its 95 % interval: bootstrap over problems. */
  difference: number;
  interval: [low: number, high: number];
  /** Problems whose majority of samples changed sides. */
  flipped: { item: string; from: "right" | "wrong" }[];
}

/** @throws EvalsError `invalid_options` for runs of different benchmarks, or without a problem in common */
export function compareRuns(a: StoredRun, b: StoredRun): Comparison {
  if (a.header.benchmark !== b.header.benchmark)
    throw new EvalsError(
      "invalid_options",
      `${a.header.benchmark} and ${b.header.benchmark} are different benchmarks; compare runs of one`,
    );
  const [left, right] = [a, b].map(
    ({ samples }) =>
      new Map(byProblem(samples).flatMap(({ item, share }) => (share === undefined ? [] : [[item, share]]))),
  );
  const both = [...left!]
    .filter(([item]) => right!.has(item))
    .map(([item, share]) => ({ item, a: share, b: right!.get(item)! }));
  if (both.length === 0)
    throw new EvalsError("invalid_options", "the runs measured no problem in common; compare runs of the same data");
  const mean = (of: (pair: (typeof both)[number]) => number) =>
    both.reduce((sum, pair) => sum + of(pair), 0) / both.length;
  const all = new Set([...a.samples, ...b.samples].map(({ item }) => item));
  return {
    ...{ problems: both.length, apart: all.size - both.length },
    scores: [mean((pair) => pair.a), mean((pair) => pair.b)],
    difference: mean((pair) => pair.b - pair.a),
    interval: clusterInterval(
      both.map((pair) => pair.b - pair.a),
      -1,
      1,
    ),
    flipped: both
      .filter((pair) => pair.a > 0.5 !== pair.b > 0.5)
      .map(({ item, a }) => ({ item, from: a > 0.5 ? "right" : "wrong" })),
  };
}
