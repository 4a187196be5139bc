import { EngineError } from "./errors.js";

/** Log-probabilities under the model itself: temperature, top-k and top-p play no part. */
export interface TokenScores {
  logprob: number;
  /** The `k` most probable tokens, best first. */
  top: { id: number; logprob: number }[];
}

/** @param logits `[vocab]` */
export function tokenScores(logits: Float32Array, token: number, k: number): TokenScores {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > max) max = logit;
  if (!Number.isFinite(max)) throw noFiniteLogits();
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

export function noFiniteLogits(): EngineError {
  return new EngineError("generation_failed", "The model produced no finite logits; check its checkpoint");
}
