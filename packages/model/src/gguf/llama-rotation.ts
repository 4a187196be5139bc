import { type ModelConfig, yarnAttentionFactor, yarnMagnitude } from "../config/index.js";

/** Whether a file describes YaRN. */
export function needsYarn({ ropeScaling }: ModelConfig): boolean {
  return ropeScaling !== undefined && ropeScaling.factor > 1;
}

/**
 * A parameter's values for llama.cpp's rotations, the same network in exact arithmetic:
 * - Its YaRN is right where mscale and mscale_all_dim are 1, so a file says so, and what the model scales otherwise is multiplied into the rows
 *   of queries and keys that are rotated (and, for the softmax scale, into all of the queries).
 * - Its indexer turns pairs (i, i + half): the rows of one that turns neighbours (GLM-5) are reordered.
 */
export function turned(config: ModelConfig, name: string, values: Float32Array): Float32Array {
  const { qkNopeHeadDim: N, qkRopeHeadDim: R, kvLoraRank: C, indexer } = config;
  const yarn = needsYarn(config) ? config.ropeScaling! : undefined;
  const rotated = yarn ? yarnAttentionFactor(yarn) : 1;
  const softmax = yarn ? (yarnMagnitude(yarn.factor, yarn.mscaleAllDim) / yarnMagnitude(yarn.factor, 1)) ** 2 : 1;
  if (name.endsWith(".self_attn.q_b_proj.weight"))
    return scaleRows(values, config.qLoraRank, N + R, (row) => softmax * (row < N ? 1 : rotated));
  if (name.endsWith(".self_attn.kv_a_proj_with_mqa.weight"))
    return scaleRows(values, config.hiddenSize, C + R, (row) => (row < C ? 1 : rotated));
  const part = /\.self_attn\.indexer\.(wq_b|wk|k_norm)\./.exec(name)?.[1];
  if (!part || !indexer) return values;
  const width = { wq_b: config.qLoraRank, wk: config.hiddenSize, k_norm: 1 }[part]!;
  const ordered = indexer.ropeInterleaved ? splitPairs(values, width, indexer.headDim, R) : values;
  // Keys are normed behind wk: they are scaled by the norm's weights.
  return part === "wk" ? ordered : scaleRows(ordered, width, indexer.headDim, (row) => (row < R ? rotated : 1));
}

/** Rows of `width` values, of heads of `dim` rows each, times the factor of their place in the head. */
function scaleRows(values: Float32Array, width: number, dim: number, factorOf: (row: number) => number): Float32Array {
  const factors = Array.from({ length: dim }, (_, row) => factorOf(row));
  if (factors.every((factor) => factor === 1)) return values;
  return values.map((value, i) => value * factors[Math.floor(i / width) % dim]!);
}

/** Of each head's first `rope` rows those with even numbers first, then those with odd ones. */
function splitPairs(values: Float32Array, width: number, dim: number, rope: number): Float32Array {
  const out = values.slice();
  for (let head = 0; head < values.length; head += dim * width)
    for (let row = 0; row < rope; row++) {
      const from = row < rope / 2 ? 2 * row : 2 * row - rope + 1;
      out.set(values.subarray(head + from * width, head + (from + 1) * width), head + row * width);
    }
  return out;
}
