import * as z from "zod";

const finite = z.number().refine(Number.isFinite, "must be finite");
const size = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);

/** 1 would rotate every pair alike. */
export const ropeTheta = finite.gt(1);

/**
 * RoPE's fields: `rope_scaling` as DeepSeek publishes it, `rope_parameters` as transformers 5 writes it. Both may hold `rope_theta`, and name
 * their kind `type` or `rope_type`.
 */
export const ropeFields = z.strictObject({
  type: z.enum(["yarn", "default"]).optional(),
  rope_type: z.enum(["yarn", "default"]).optional(),
  rope_theta: ropeTheta.optional(),
  partial_rotary_factor: z.number().optional(),
  factor: finite.min(1).optional(),
  original_max_position_embeddings: size.optional(),
  beta_fast: finite.positive().nullish(),
  beta_slow: finite.positive().nullish(),
  mscale: finite.min(0).nullish(),
  mscale_all_dim: finite.min(0).nullish(),
  attention_factor: finite.positive().nullish(),
  /** Whether the bounds of the interpolated frequencies are whole numbers: in these models they are. */
  truncate: z.literal(true).optional(),
});

export type RawRope = z.infer<typeof ropeFields>;
