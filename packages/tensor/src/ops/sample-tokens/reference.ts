import type { KernelCall } from "../../op.js";

export interface SamplingParameters {
  /** 0 is greedy. */
  temperature: number;
  /** Nucleus mass in (0, 1]. */
  topP: number;
  /** 0 keeps all. */
  topK: number;
}

/** Tokens that may be drawn: by id where nothing limits them, else most probable first (ties: lower id first). */
export interface Candidates {
  ids: Int32Array;
  /** Sum to 1. */
  probabilities: Float64Array;
}

/** Index of the largest logit, the lowest on a tie; -1 where none is finite. NaN never wins. */
export function argmax(logits: ArrayLike<number>): number {
  let best = -1;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i]!;
    if (value > max) {
      max = value;
      best = i;
    }
  }
  return max === Number.POSITIVE_INFINITY ? -1 : best;
}

/**
 * What may be drawn after temperature, then top-k, then top-p: the smallest set of most probable tokens whose mass
 * reaches `topP`, renormalised. Empty when no logit is finite.
 */
export function candidates(logits: ArrayLike<number>, { temperature, topP, topK }: SamplingParameters): Candidates {
  const best = argmax(logits);
  if (best === -1) return { ids: new Int32Array(), probabilities: new Float64Array() };
  if (temperature === 0 || topK === 1) return { ids: Int32Array.of(best), probabilities: Float64Array.of(1) };
  const weights = Float64Array.from(logits, (logit) => {
    const weight = Math.exp((logit - logits[best]!) / temperature);
    // NaN logits count as impossible.
    return Number.isNaN(weight) ? 0 : weight;
  });
  let ids = Int32Array.from(weights.keys()).filter((id) => weights[id]! > 0);
  if ((topK > 0 && topK < logits.length) || topP < 1) {
    ids.sort((a, b) => weights[b]! - weights[a]! || a - b);
    if (topK > 0) ids = ids.subarray(0, topK);
    const total = ids.reduce((sum, id) => sum + weights[id]!, 0);
    let count = 0;
    for (let mass = 0; count < ids.length && mass < topP * total; count++) mass += weights[ids[count]!]!;
    ids = ids.slice(0, Math.max(1, count));
  }
  const mass = ids.reduce((sum, id) => sum + weights[id]!, 0);
  return { ids, probabilities: Float64Array.from(ids, (id) => weights[id]! / mass) };
}

/** The candidate whose share of [0, 1) holds `u`; -1 where there is none. */
export function draw({ ids, probabilities }: Candidates, u: number): number {
  let mass = 0;
  for (let i = 0; i < ids.length; i++) {
    mass += probabilities[i]!;
    if (u < mass) return ids[i]!;
  }
  return ids.at(-1) ?? -1;
}

export function sampleTokensReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [logits, parameters] = [inputs[0]!, inputs[1]!.data];
  const vocab = logits.shape[1]!;
  for (let row = 0; row < logits.shape[0]!; row++) {
    const [temperature, topP, topK, u] = parameters.subarray(4 * row, 4 * row + 4) as Float32Array;
    const own = logits.data.subarray(row * vocab, (row + 1) * vocab);
    outputs[0]!.data[row] = draw(candidates(own, { temperature: temperature!, topP: topP!, topK: topK! }), u!);
  }
}
