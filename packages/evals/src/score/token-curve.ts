/**
 * Accuracy against output tokens, from one run: what would have been finished, and right, within t tokens. A model that is told of
 * its budget may do better; none does worse.
 */

import type { Sample } from "../run/sample.js";

export interface CurvePoint {
  /** Output tokens an answer may have: thinking and answer together. */
  tokens: number;
  /** Share of all samples that are right within them. */
  solved: number;
}

export interface TokenCurve {
  points: CurvePoint[];
  /** Output tokens of all samples for each right one. Infinity without any. */
  tokensPerSolved: number;
}

/** From no tokens to the longest answer; a point wherever a right answer ended. What was not measured was not solved. */
export function tokenCurve(samples: readonly Sample[]): TokenCurve {
  const ends = samples.filter(({ verdict }) => verdict === "right").map(({ usage }) => usage.completionTokens);
  ends.sort((a, b) => a - b);
  const all = Math.max(samples.length, 1);
  const points: CurvePoint[] = [{ tokens: 0, solved: 0 }];
  for (const [i, tokens] of ends.entries()) {
    if (points.at(-1)!.tokens === tokens && points.length > 1) points.pop();
    points.push({ tokens, solved: (i + 1) / all });
  }
  const spent = samples.reduce((sum, { usage }) => sum + usage.completionTokens, 0);
  const longest = Math.max(0, ...samples.map(({ usage }) => usage.completionTokens));
  if (points.at(-1)!.tokens < longest) points.push({ tokens: longest, solved: ends.length / all });
  return { points, tokensPerSolved: ends.length === 0 ? Number.POSITIVE_INFINITY : spent / ends.length };
}
