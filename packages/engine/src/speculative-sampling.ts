/** Speculative sampling (Leviathan et al. 2211.17192; Chen et al. 2302.01318): a draft may be wrong, the result never is. */

import { drawFrom } from "./token-distribution.js";

/** A guess at the token after the last one. */
export interface Draft {
  token: number;
  /** What it was drawn from, `[vocab]`. */
  distribution: Float64Array;
}

/**
 * The next token of a model whose distribution is p `[vocab]`, given a draft drawn from q: the draft with probability
 * min(1, p/q), else a token from max(p - q, 0), normalised. Either way its distribution is p.
 *
 * @param random numbers in [0, 1)
 */
export function acceptOrReplace(
  { token, distribution: q }: Draft,
  p: Float64Array,
  random: () => number,
): { token: number; accepted: boolean } {
  if (random() * q[token]! < p[token]!) return { token, accepted: true };
  const rest = p.map((probability, id) => Math.max(probability - q[id]!, 0));
  // Where rounding leaves nothing, p and q are the same.
  return { token: drawFrom(rest.some((weight) => weight > 0) ? rest : p, random()), accepted: false };
}
