/**
 * The policy gradient of a batch as a pure function of arrays: an RL algorithm sees log-probabilities and rewards, never a
 * network. What it returns is the loss and its derivative by every log-probability; the trainer turns those constants into a
 * weighted sum of cross-entropies, whose gradient is the algorithm's.
 */

/** One sampled sequence with what is known of its tokens. All arrays have one number per sampled token. */
export interface SampledSequence {
  /** log pi_theta: under the weights being trained, over the kept tokens where a sampling mask is kept. */
  readonly logprobs: ArrayLike<number>;
  /** log pi_old: as the engine that sampled recorded them. */
  readonly oldLogprobs: ArrayLike<number>;
  /** log pi_ref: under the frozen reference policy; needed where the KL weight is not 0. */
  readonly refLogprobs?: ArrayLike<number> | undefined;
  /** Under the trainer at the weights that sampled: needed by truncated importance sampling. */
  readonly trainerOldLogprobs?: ArrayLike<number> | undefined;
  /** Under the teacher: needed by on-policy distillation. */
  readonly teacherLogprobs?: ArrayLike<number> | undefined;
  /** Of the whole sequence. */
  readonly advantage: number;
}

export interface PolicyGradient {
  /** To be minimised. */
  readonly loss: number;
  /** dLoss / dlog pi_theta of every token, sequence by sequence. */
  readonly gradients: readonly Float64Array[];
  readonly metrics: PolicyMetrics;
}

/** What one wants to see of a step. Shares are of tokens unless said otherwise. */
export interface PolicyMetrics {
  ratioMean: number;
  ratioMax: number;
  clippedLow: number;
  clippedHigh: number;
  /** Mean estimate of KL(pi_theta || pi_ref), nats a token; 0 without a reference. */
  kl: number;
  /** Share of sequences whose surrogate was dropped by the off-policy sequence mask. */
  sequencesDropped: number;
  /** Tokens whose log-ratio was beyond {@link MAX_LOG_RATIO}. */
  ratiosClamped: number;
}

/** Sampled tokens of a batch, at least 1: what a mean over tokens divides by. */
export function countTokens(sequences: readonly SampledSequence[]): number {
  return Math.max(
    sequences.reduce((sum, { logprobs }) => sum + logprobs.length, 0),
    1,
  );
}

/** log pi_theta - log pi_old is held within this many nats: beyond it a ratio only overflows. */
export const MAX_LOG_RATIO = 20;

/** Adds up the metrics of a batch while its tokens are visited. */
export class MetricsTally {
  #tokens = 0;
  #ratios = 0;
  #ratioMax = 0;
  #low = 0;
  #high = 0;
  #kl = 0;
  #dropped = 0;
  #clamped = 0;

  /** The probability ratio of a token, held within bounds. */
  ratio(logprob: number, oldLogprob: number): number {
    const logRatio = logprob - oldLogprob;
    const held = Math.max(-MAX_LOG_RATIO, Math.min(MAX_LOG_RATIO, logRatio));
    if (held !== logRatio) this.#clamped++;
    const ratio = Math.exp(held);
    this.#tokens++;
    this.#ratios += ratio;
    this.#ratioMax = Math.max(this.#ratioMax, ratio);
    return ratio;
  }

  clip(side: "low" | "high"): void {
    if (side === "low") this.#low++;
    else this.#high++;
  }

  addKl(nats: number): void {
    this.#kl += nats;
  }

  dropSequence(): void {
    this.#dropped++;
  }

  result(sequences: number): PolicyMetrics {
    const tokens = Math.max(this.#tokens, 1);
    return {
      ratioMean: this.#ratios / tokens,
      ratioMax: this.#ratioMax,
      clippedLow: this.#low / tokens,
      clippedHigh: this.#high / tokens,
      kl: this.#kl / tokens,
      sequencesDropped: this.#dropped / Math.max(sequences, 1),
      ratiosClamped: this.#clamped,
    };
  }
}
