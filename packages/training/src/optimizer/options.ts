import * as z from "zod";

/** AdamW's part of a recipe. */
export const optimizerSchema = z.strictObject({
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.95),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: z.number().min(0).default(0.1),
  /** Largest global gradient norm. */
  clipNorm: z.number().positive().default(1),
});

export type OptimizerOptions = z.output<typeof optimizerSchema>;
