/** Samples by their problem: the clusters of every interval. */

import type { Sample } from "../run/sample.js";

export interface ProblemSamples {
  item: string;
  /** In the order of their numbers. */
  samples: readonly Sample[];
  /** Those that are right or wrong. */
  measured: readonly Sample[];
  /** Right ones of those measured; undefined without any. */
  share: number | undefined;
}

export function byProblem(samples: readonly Sample[]): ProblemSamples[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) groups.set(sample.item, [...(groups.get(sample.item) ?? []), sample]);
  return [...groups].map(([item, group]) => {
    const measured = group.filter(({ verdict }) => verdict !== "not measured");
    const right = measured.filter(({ verdict }) => verdict === "right").length;
    return {
      item,
      samples: group.sort((a, b) => a.sample - b.sample),
      measured,
      share: measured.length === 0 ? undefined : right / measured.length,
    };
  });
}
