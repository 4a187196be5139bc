import type { RopeScaling } from "../config/index.js";

/** YaRN's magnitude `m(factor, s) = 0.1 s ln(factor) + 1`; 1 where nothing is stretched. */
export function yarnMagnitude(factor: number, s: number): number {
  return factor <= 1 ? 1 : 0.1 * s * Math.log(factor) + 1;
}

/**
 * YaRN's attention factor, which multiplies cosines and sines: `attention_factor` where the config gives one, else
 * `m(factor, mscale) / m(factor, mscale_all_dim)` as the authors' code computes it. 1 in the published models, whose two fields are equal.
 */
export function yarnAttentionFactor({ factor, mscale, mscaleAllDim, attentionFactor }: RopeScaling): number {
  return attentionFactor ?? yarnMagnitude(factor, mscale) / yarnMagnitude(factor, mscaleAllDim);
}
