/** Logits -> the next token. Pure: randomness comes in as a number. */

import { EngineError } from "./errors.js";

export interface SamplingParameters {
  /** 0 is greedy. */
  temperature: number;
  /** Nucleus mass in (0, 1]. */
  topP: number;
  /** 0 keeps all. */
  topK: number;
}

/** Tokens that may be drawn, most probable first (ties: lower id first). Probabilities sum to 1. */
export interface Candidates {
  ids: Int32Array;
  probabilities: Float64Array;
}

/** Index of the largest logit, the lowest on a tie. NaN never wins. */
export function argmax(logits: Float32Array): number {
  let best = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i]!;
    if (value > max) {
      max = value;
      best = i;
    }
  }
  if (best === -1 || max === Number.POSITIVE_INFINITY) {
    throw new EngineError("generation_failed", "The model produced no finite logits; check its checkpoint");
  }
  return best;
}

function sortedByWeight(ids: Int32Array, weights: Float64Array): Int32Array {
  return ids.sort((a, b) => weights[b]! - weights[a]! || a - b);
}

/**
 * What may be drawn after temperature, then top-k, then top-p: the smallest set of most probable tokens whose mass
 * reaches `topP`, renormalised.
 *
 * @param logits `[vocab]`
 * @throws EngineError `generation_failed` when no logit is finite.
 */
export function candidates(logits: Float32Array, { temperature, topP, topK }: SamplingParameters): Candidates {
  const best = argmax(logits);
  if (temperature === 0 || topK === 1) return { ids: Int32Array.of(best), probabilities: Float64Array.of(1) };
  const max = logits[best]!;
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp((logits[i]! - max) / temperature);
    // NaN logits count as impossible.
    if (weight > 0) total += weights[i] = weight;
  }
  const limited = topK > 0 && topK < logits.length;
  // A token below this cannot be in the nucleus: all such tokens together are lighter than what the nucleus leaves out.
  const floor = topP < 1 && !limited ? ((1 - topP) * total) / logits.length : 0;
  let ids: Int32Array = Int32Array.from(weights.keys()).filter((id) => weights[id]! > floor || id === best);
  ids = sortedByWeight(ids, weights);
  if (limited) {
    ids = ids.subarray(0, topK);
    total = ids.reduce((sum, id) => sum + weights[id]!, 0);
  }
  let count = ids.length;
  if (topP < 1) {
    let mass = 0;
    for (count = 0; count < ids.length && mass < topP * total; count++) mass += weights[ids[count]!]!;
  }
  ids = ids.slice(0, Math.max(1, count));
  const mass = ids.reduce((sum, id) => sum + weights[id]!, 0);
  return { ids, probabilities: Float64Array.from(ids, (id) => weights[id]! / mass) };
}

/** The candidate whose share of [0, 1) holds `u`. */
export function draw({ ids, probabilities }: Candidates, u: number): number {
  let mass = 0;
  for (let i = 0; i < ids.length; i++) {
    mass += probabilities[i]!;
    if (u < mass) return ids[i]!;
  }
  return ids[ids.length - 1]!;
}

/** Log-probabilities under the model itself: temperature, top-k and top-p play no part. */
export interface TokenScores {
  logprob: number;
  /** The `k` most probable tokens, best first. */
  top: { id: number; logprob: number }[];
}

/** @param logits `[vocab]` */
export function tokenScores(logits: Float32Array, token: number, k: number): TokenScores {
  const max = logits[argmax(logits)]!;
  let total = 0;
  for (const logit of logits) if (logit > Number.NEGATIVE_INFINITY) total += Math.exp(logit - max);
  const normalizer = max + Math.log(total);
  // Ordered by logits, not log-probabilities: rounding makes ties of tokens that are none.
  const best: number[] = [];
  for (let id = 0; k > 0 && id < logits.length; id++) {
    const logit = logits[id]!;
    if (!(logit > (best.length < k ? Number.NEGATIVE_INFINITY : logits[best[k - 1]!]!))) continue;
    let at = best.length;
    while (at > 0 && logits[best[at - 1]!]! < logit) at--;
    best.splice(at, 0, id);
    if (best.length > k) best.pop();
  }
  const top = best.map((id) => ({ id, logprob: logits[id]! - normalizer }));
  return { logprob: logits[token]! - normalizer, top };
}
