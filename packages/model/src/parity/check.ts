import type { MlaForm } from "../network/index.js";

/** One comparison with a golden file. */
export interface ParityCheck {
  /** File compared with. */
  file: string;
  /** What was compared, for example "prefill logits". */
  what: string;
  error: number;
  tolerance: number;
}

/** Tolerances for float32: largest difference of logits and scores, relative error of gradients and losses. */
export const PARITY_TOLERANCES = { logits: 2e-4, scores: 2e-4, gradient: 1e-3, loss: 1e-4 } as const;

/** Both forms of MLA, which must agree. */
export const BOTH_FORMS: readonly MlaForm[] = ["mha", "mqa"];
