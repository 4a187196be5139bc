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
  if (topK > 0 && topK < logits.length) total = keepBest(weights, (count) => count >= topK);
  if (topP < 1) {
    const wanted = topP * total;
    total = keepBest(weights, (count, mass) => count > 0 && mass >= wanted);
  }
  for (let id = 0; id < weights.length; id++) weights[id]! /= total;
  return weights;
}

/** Weights are sorted into these by the first bits of a float32, each 1.6 % wide. */
const BUCKETS = 2 ** 13;
const BUCKET_SHIFT = 17;

/**
 * Keeps the largest weights until they are enough and sets the others to 0; returns the sum of those kept. Only the bucket the
 * limit falls into is sorted: sorting them all would take longer than a small model's forward pass.
 */
function keepBest(weights: Float64Array, isEnough: (count: number, mass: number) => boolean): number {
  const bits = new Uint32Array(new Float32Array(weights).buffer);
  const counts = new Int32Array(BUCKETS);
  const masses = new Float64Array(BUCKETS);
  for (let id = 0; id < weights.length; id++) {
    const bucket = bits[id]! >>> BUCKET_SHIFT;
    counts[bucket]!++;
    masses[bucket]! += weights[id]!;
  }
  let edge = BUCKETS - 1;
  let count = 0;
  let mass = 0;
  while (edge > 0 && !isEnough(count + counts[edge]!, mass + masses[edge]!)) {
    count += counts[edge]!;
    mass += masses[edge--]!;
  }
  const undecided: number[] = [];
  for (let id = 0; id < weights.length; id++) {
    const bucket = bits[id]! >>> BUCKET_SHIFT;
    if (bucket === edge) undecided.push(id);
    else if (bucket < edge) weights[id] = 0;
  }
  undecided.sort((a, b) => weights[b]! - weights[a]! || a - b);
  for (const id of undecided) {
    if (isEnough(count, mass)) weights[id] = 0;
    else {
      count++;
      mass += weights[id]!;
    }
  }
  return mass;
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
