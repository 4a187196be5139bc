import type { HostTensor, KernelCall } from "../../op.js";

export interface SampleTokensAttrs {
  /** Undefined: no log-probabilities of the raw model; else with this many of the most probable tokens. */
  readonly top: number | undefined;
  /** Give the sets of tokens that could have been drawn. */
  readonly kept: boolean;
}

export interface SamplingParameters {
  /** 0 is greedy. */
  temperature: number;
  /** Nucleus mass in (0, 1]. */
  topP: number;
  /** 0 keeps all. */
  topK: number;
}

/** The sampling distribution. */
export interface Candidates {
  /** Tokens that may be drawn, in order. */
  ids: Int32Array;
  /** Sum to 1. */
  probabilities: Float64Array;
  /** Whether top-k, top-p or greedy sampling leaves tokens out. */
  limited: boolean;
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
 * The sampling distribution after temperature, then top-k, then top-p: the smallest set of most probable tokens whose
 * mass reaches `topP` (of equal ones those with the lower ids), renormalised. Empty when no logit is finite.
 */
export function candidates(logits: ArrayLike<number>, { temperature, topP, topK }: SamplingParameters): Candidates {
  const best = argmax(logits);
  if (best === -1) return { ids: new Int32Array(), probabilities: new Float64Array(), limited: true };
  if (temperature === 0 || topK === 1)
    return { ids: Int32Array.of(best), probabilities: Float64Array.of(1), limited: true };
  const weights = Float64Array.from(logits, (logit) => {
    const weight = Math.exp((logit - logits[best]!) / temperature);
    // NaN logits count as impossible.
    return Number.isNaN(weight) ? 0 : weight;
  });
  let ids = Int32Array.from(weights.keys()).filter((id) => weights[id]! > 0);
  const limited = (topK > 0 && topK < logits.length) || topP < 1;
  if (limited) {
    ids.sort((a, b) => weights[b]! - weights[a]! || a - b);
    if (topK > 0) ids = ids.subarray(0, topK);
    const total = ids.reduce((sum, id) => sum + weights[id]!, 0);
    let count = 0;
    for (let mass = 0; count < ids.length && mass < topP * total; count++) mass += weights[ids[count]!]!;
    ids = ids.slice(0, Math.max(1, count)).sort();
  }
  const mass = ids.reduce((sum, id) => sum + weights[id]!, 0);
  return { ids, probabilities: Float64Array.from(ids, (id) => weights[id]! / mass), limited };
}

/** The candidate whose share of [0, 1) holds `u`; -1 where there is none. */
export function draw({ ids, probabilities }: Pick<Candidates, "ids" | "probabilities">, u: number): number {
  let mass = 0;
  for (let i = 0; i < ids.length; i++) {
    mass += probabilities[i]!;
    if (u < mass) return ids[i]!;
  }
  return ids.at(-1) ?? -1;
}

/**
 * Speculative sampling (Leviathan et al. 2211.17192; Chen et al. 2302.01318): the draft, drawn from q, with probability
 * min(1, p/q), else a token of max(p - q, 0), normalised. Either way the token's distribution is p.
 */
export function acceptOrReplace(p: Candidates, q: Candidates, draft: number, u: number, v: number): number {
  const probabilityOf = ({ ids, probabilities }: Candidates, id: number) => probabilities[ids.indexOf(id)] ?? 0;
  if (u * probabilityOf(q, draft) < probabilityOf(p, draft)) return draft;
  const rest = p.probabilities.map((probability, i) => Math.max(0, probability - probabilityOf(q, p.ids[i]!)));
  const total = rest.reduce((sum, weight) => sum + weight, 0);
  // Where rounding leaves nothing, p and q are the same.
  if (total <= 0) return draw(p, v);
  return draw({ ids: p.ids, probabilities: rest.map((weight) => weight / total) }, v);
}

/** Log-probabilities of the model itself and its `k` most probable tokens, best first; ties: the lower id first. */
function rawScores(logits: ArrayLike<number>, k: number): { logprobs: Float64Array; top: number[] } {
  const max = logits[argmax(logits)]!;
  let total = 0;
  for (let id = 0; id < logits.length; id++)
    if (logits[id]! > Number.NEGATIVE_INFINITY) total += Math.exp(logits[id]! - max);
  const top = Array.from(logits, (_, id) => id)
    .filter((id) => logits[id]! > Number.NEGATIVE_INFINITY)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, k);
  return { logprobs: Float64Array.from(logits, (logit) => logit - max - Math.log(total)), top };
}

export function sampleTokensReference({ inputs, outputs, attrs }: KernelCall<SampleTokensAttrs>): void {
  const [logits, parameters, draftTokens, draftRows, draftLogits] = inputs;
  const vocab = logits!.shape[1]!;
  const rowOf = (tensor: HostTensor, row: number) => tensor.data.subarray(row * vocab, (row + 1) * vocab);
  const [tokens, logprobs, ...more] = outputs;
  const raw = attrs.top === undefined ? undefined : more.shift()!;
  const [topIds, topLogprobs] = attrs.top ? [more.shift()!, more.shift()!] : [];
  const kept = more.shift();
  for (let row = 0; row < logits!.shape[0]!; row++) {
    const [temperature, topP, topK, u, v] = parameters!.data.subarray(5 * row, 5 * row + 5);
    const sampling = { temperature: temperature!, topP: topP!, topK: topK! };
    const own = rowOf(logits!, row);
    const p = candidates(own, sampling);
    const draft = draftTokens?.data[row] ?? -1;
    const token =
      draft >= 0 && p.ids.length > 0
        ? acceptOrReplace(p, candidates(rowOf(draftLogits!, draftRows!.data[row]!), sampling), draft, u!, v!)
        : draw(p, u!);
    tokens!.data[row] = token;
    logprobs!.data[row] = token < 0 ? Number.NaN : Math.log(p.probabilities[p.ids.indexOf(token)]!);
    if (raw) {
      const scores = token < 0 ? undefined : rawScores(own, attrs.top!);
      raw.data[row] = scores ? scores.logprobs[token]! : Number.NaN;
      for (let i = 0; i < attrs.top!; i++) {
        const id = scores?.top[i];
        topIds!.data[row * attrs.top! + i] = id ?? -1;
        topLogprobs!.data[row * attrs.top! + i] = id === undefined ? Number.NEGATIVE_INFINITY : scores!.logprobs[id]!;
      }
    }
    if (kept) writeKept(kept.data.subarray(row * kept.shape[1]!, (row + 1) * kept.shape[1]!), p, vocab);
  }
}

function writeKept(bits: { [i: number]: number; fill(value: number): unknown }, p: Candidates, vocab: number): void {
  bits.fill(0);
  const ids = p.limited ? p.ids : Int32Array.from({ length: vocab }, (_, id) => id);
  for (const id of ids) bits[id >> 3]! |= 1 << (id & 7);
}
