/** The distribution tokens are drawn from, as numbers: speculative sampling compares two of them. */

/** How the next token is drawn; see `sampleTokens` of the tensor package. */
export interface SamplingParameters {
  /** 0 is greedy. */
  temperature: number;
  /** Nucleus mass in (0, 1]. */
  topP: number;
  /** 0 keeps all. */
  topK: number;
}

/**
 * Probabilities `[vocab]` of the next token after temperature, then top-k, then top-p: what `sampleTokens` draws from. Of
 * equal tokens at a limit those with the lower ids stay. Undefined where no logit is finite.
 */
export function tokenDistribution(
  logits: Float32Array,
  { temperature, topP, topK }: SamplingParameters,
): Float64Array | undefined {
  let best = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++)
    if (logits[id]! > max) {
      max = logits[id]!;
      best = id;
    }
  if (!Number.isFinite(max)) return undefined;
  const weights = new Float64Array(logits.length);
  if (temperature === 0 || topK === 1) {
    weights[best] = 1;
    return weights;
  }
  let total = 0;
  for (let id = 0; id < logits.length; id++) {
    const weight = Math.exp((logits[id]! - max) / temperature);
    // NaN logits count as impossible.
    weights[id] = Number.isNaN(weight) ? 0 : weight;
    total += weights[id]!;
  }
  const limited = topK > 0 && topK < logits.length;
  if (limited || topP < 1) total = keepMostProbable(weights, limited ? topK : undefined, topP, total);
  for (let id = 0; id < weights.length; id++) weights[id]! /= total;
  return weights;
}

/** Sets to 0 what top-k and top-p leave out; returns the sum of the rest. */
function keepMostProbable(weights: Float64Array, topK: number | undefined, topP: number, total: number): number {
  // All tokens below this together are lighter than what the nucleus leaves out: they need not be sorted.
  const floor = topK === undefined ? ((1 - topP) * total) / weights.length : 0;
  const sorted = weights.filter((weight) => weight > floor).sort();
  const first = topK === undefined ? 0 : Math.max(0, sorted.length - topK);
  let mass = 0;
  if (topK === undefined) mass = total;
  else for (let i = first; i < sorted.length; i++) mass += sorted[i]!;
  let kept = 0;
  let count = 0;
  while (sorted.length - count > first && (count === 0 || kept < topP * mass)) kept += sorted[sorted.length - ++count]!;
  const least = sorted[sorted.length - count]!;
  let ties = count - sorted.reduce((above, weight) => above + Number(weight > least), 0);
  for (let id = 0; id < weights.length; id++)
    if (weights[id]! < least || (weights[id] === least && ties-- <= 0)) weights[id] = 0;
  return kept;
}

/** The token whose share of [0, sum of the weights) holds `u` of it; weights `[vocab]`, not all 0. */
export function drawFrom(weights: Float64Array, u: number): number {
  let total = 0;
  for (const weight of weights) total += weight;
  const wanted = u * total;
  let mass = 0;
  let last = 0;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] === 0) continue;
    mass += weights[id]!;
    last = id;
    if (wanted < mass) break;
  }
  return last;
}
