import type { RopeScaling } from "./config.js";

/** YaRN's magnitude `m(factor, s) = 0.1 s ln(factor) + 1`; 1 where nothing is stretched. */
export function yarnMagnitude(factor: number, s: number): number {
  return factor <= 1 ? 1 : 0.1 * s * Math.log(factor) + 1;
}

/**
 * YaRN's attention factor, which multiplies cosines and sines: `attention_factor` where the config gives one, else
 * `m(factor, mscale) / m(factor, mscale_all_dim)` as the authors' code computes it. 1 in the published models, whose two fields are equal.
 */
export function yarnAttentionFactor(yarn: RopeScaling): number {
  return yarn.attentionFactor ?? authorsFactor(yarn);
}

/** Without an attention factor of its own, as the authors' code computes it. */
export function authorsFactor({ factor, mscale, mscaleAllDim }: Omit<RopeScaling, "attentionFactor">): number {
  return yarnMagnitude(factor, mscale) / yarnMagnitude(factor, mscaleAllDim);
}

/**
 * The same as transformers computes it: `m(factor, 1)` unless both magnitudes are given and above 0. The two differ where a config has one
 * of them only.
 */
export function transformersFactor({ factor, mscale, mscaleAllDim }: YarnMagnitudes): number {
  return mscale && mscaleAllDim
    ? yarnMagnitude(factor, mscale) / yarnMagnitude(factor, mscaleAllDim)
    : yarnMagnitude(factor, 1);
}

/** The magnitudes as a config may leave them out. */
interface YarnMagnitudes {
  factor: number;
  mscale?: number | null | undefined;
  mscaleAllDim?: number | null | undefined;
}
