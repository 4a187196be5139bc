import { Random } from "@cachalot/tensor";
import { expect, test } from "vitest";
import { acceptOrReplace } from "./speculative-sampling.js";
import { drawFrom } from "./token-distribution.js";

/** Draws of the drafted and checked token under p, the draft being drawn from q. */
function drawMany(p: Float64Array, q: Float64Array, draws: number) {
  const random = new Random(7);
  const next = () => random.next();
  const counts = new Float64Array(p.length);
  let accepted = 0;
  for (let i = 0; i < draws; i++) {
    const result = acceptOrReplace({ token: drawFrom(q, next()), distribution: q }, p, next);
    counts[result.token]!++;
    accepted += Number(result.accepted);
  }
  return { counts, accepted: accepted / draws };
}

test.each([
  ["alike", [0.5, 0.3, 0.2, 0], [0.4, 0.4, 0.2, 0]],
  ["apart", [0.7, 0.1, 0.1, 0.1], [0.05, 0.05, 0.2, 0.7]],
  ["of other tokens", [0.5, 0.5, 0, 0], [0, 0.2, 0.3, 0.5]],
  ["certain", [0.6, 0.4, 0, 0], [1, 0, 0, 0]],
  ["checked by a certain model", [0, 0, 1, 0], [0.2, 0.3, 0.4, 0.1]],
  ["equal", [0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]],
  ["disjoint", [0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]],
])("drafts %s leave the distribution as it is and are accepted as often as can be", (_, p, q) => {
  const draws = 40_000;
  const { counts, accepted } = drawMany(Float64Array.from(p), Float64Array.from(q), draws);
  let chiSquare = 0;
  for (const [id, share] of p.entries()) {
    if (share === 0) expect(counts[id]).toBe(0);
    else chiSquare += (counts[id]! - share * draws) ** 2 / (share * draws);
  }
  // Three degrees of freedom: exceeded once in a thousand.
  expect(chiSquare).toBeLessThan(16.3);
  const overlap = p.reduce((sum, share, id) => sum + Math.min(share, q[id]!), 0);
  expect(Math.abs(accepted - overlap)).toBeLessThan(0.01);
});
