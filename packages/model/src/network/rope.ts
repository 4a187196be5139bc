import type { Context, Tensor } from "@cachalot/tensor";
import { type ModelConfig, yarnAttentionFactor, yarnMagnitude } from "../config/index.js";

/** Cosines and sines of the rows of one forward pass, each `[rows, rope/2]`. */
export interface RopeTables {
  cos: Tensor;
  sin: Tensor;
}

/** Rotation frequencies, `[rope/2]`, with YaRN's per-frequency interpolation where the config has it. */
export function ropeFrequencies(config: ModelConfig): Float64Array {
  const dim = config.qkRopeHeadDim;
  const base = config.ropeTheta;
  const frequencies = Float64Array.from({ length: dim / 2 }, (_, i) => base ** ((-2 * i) / dim));
  const yarn = config.ropeScaling;
  if (!yarn) return frequencies;
  const correctionDim = (rotations: number) =>
    (dim * Math.log(yarn.originalMaxPositionEmbeddings / (rotations * 2 * Math.PI))) / (2 * Math.log(base));
  const low = Math.max(Math.floor(correctionDim(yarn.betaFast)), 0);
  const high = Math.min(Math.ceil(correctionDim(yarn.betaSlow)), dim - 1);
  const span = high === low ? 0.001 : high - low;
  return frequencies.map((frequency, i) => {
    const ramp = Math.min(Math.max((i - low) / span, 0), 1);
    return (frequency / yarn.factor) * ramp + frequency * (1 - ramp);
  });
}

/** `(nope+rope)^-1/2`, times `m(factor, mscale_all_dim)^2` under YaRN. */
export function softmaxScale(config: ModelConfig): number {
  const scale = (config.qkNopeHeadDim + config.qkRopeHeadDim) ** -0.5;
  const yarn = config.ropeScaling;
  return yarn ? scale * yarnMagnitude(yarn.factor, yarn.mscaleAllDim) ** 2 : scale;
}

/** Tables of cosines and sines, grown as positions are met and shared by all layers. */
export class RopeCache {
  private readonly frequencies: Float64Array;
  private readonly half: number;
  /** Length of a rotated pair: 1 without YaRN. */
  private readonly magnitude: number;
  private cos = new Float32Array(0);
  private sin = new Float32Array(0);

  constructor(config: ModelConfig) {
    this.frequencies = ropeFrequencies(config);
    this.half = this.frequencies.length;
    this.magnitude = config.ropeScaling ? yarnAttentionFactor(config.ropeScaling) : 1;
  }

  /** Rows for these positions, owned by `ctx`. */
  tables(ctx: Context, positions: ArrayLike<number>): RopeTables {
    const { half } = this;
    let last = 0;
    for (let i = 0; i < positions.length; i++) last = Math.max(last, positions[i]!);
    this.grow(last + 1);
    const cos = new Float32Array(positions.length * half);
    const sin = new Float32Array(positions.length * half);
    for (let i = 0; i < positions.length; i++) {
      const at = positions[i]! * half;
      cos.set(this.cos.subarray(at, at + half), i * half);
      sin.set(this.sin.subarray(at, at + half), i * half);
    }
    const shape = [positions.length, half];
    return { cos: ctx.from("f32", shape, cos), sin: ctx.from("f32", shape, sin) };
  }

  private grow(count: number): void {
    const { half, magnitude } = this;
    if (count * half <= this.cos.length) return;
    const rows = Math.max(count, (2 * this.cos.length) / half, 256);
    this.cos = new Float32Array(rows * half);
    this.sin = new Float32Array(rows * half);
    for (let position = 0; position < rows; position++)
      for (let i = 0; i < half; i++) {
        this.cos[position * half + i] = magnitude * Math.cos(position * this.frequencies[i]!);
        this.sin[position * half + i] = magnitude * Math.sin(position * this.frequencies[i]!);
      }
  }
}
