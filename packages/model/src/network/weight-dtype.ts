/** Quantised weights: which matrices are kept in bf16 or 8 bits, and copies of a network's parameters kept so. */

import { type Device, quantizeRows, ROW_SCALE_BYTES, type Tensor } from "@cachalot/tensor";
import { float32ToBfloat16 } from "../checkpoint/convert.js";
import type { ModelConfig } from "../config/index.js";
import { type ParameterSpec, parameterSpecs } from "./weights.js";

/** How a model's large matrices are kept. */
export type WeightDtype = "f32" | "bf16" | "q8";

/** A parameter as a network of this dtype holds it; the caller disposes it. */
export function storedAs(device: Device, spec: ParameterSpec, values: Float32Array, dtype: WeightDtype): Tensor {
  if (dtype === "f32" || !mayBeBf16(spec)) return device.from("f32", spec.shape, values);
  if (dtype === "bf16" || !mayBeQ8(spec)) return device.from("bf16", spec.shape, float32ToBfloat16(values));
  const width = spec.shape.at(-1)!;
  return device.from("u8", [...spec.shape.slice(0, -1), width + ROW_SCALE_BYTES], quantizeRows(values, width));
}

/**
 * Copies of f32 parameters as a network of this dtype holds them; the caller disposes them.
 * @param parameters by the names of `parameterSpecs`; others may be among them and are left
 */
export async function copyParameters(
  config: ModelConfig,
  parameters: ReadonlyMap<string, Tensor>,
  dtype: WeightDtype,
): Promise<Map<string, Tensor>> {
  const copies = new Map<string, Tensor>();
  for (const spec of parameterSpecs(config)) {
    const { device } = parameters.get(spec.name)!;
    const values = (await device.read(parameters.get(spec.name)!)) as Float32Array;
    copies.set(spec.name, storedAs(device, spec, values, dtype));
  }
  return copies;
}

/** What embeds tokens is looked up, not multiplied, and kv_b_proj is taken apart. */
function mayBeQ8(spec: ParameterSpec): boolean {
  return !/(embed_tokens|kv_b_proj)\.weight$/.test(spec.name);
}

/** Matrices that only products and `gatherRows` read; the rest is small or needs f32. */
export function mayBeBf16(spec: ParameterSpec): boolean {
  return (spec.kind === "matrix" || spec.kind === "embedding") && !/(mlp\.gate|weights_proj)\.weight$/.test(spec.name);
}
