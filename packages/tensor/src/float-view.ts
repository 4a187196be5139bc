import type { HostTensor, NumericArray } from "./op.js";

/** Elements of an f32 or bf16 tensor as numbers; f32 (and the float64 of gradient checks) without a copy. */
export function readFloat(tensor: HostTensor): NumericArray {
  if (tensor.dtype !== "bf16" || tensor.data instanceof Float64Array) return tensor.data;
  const bits = Uint32Array.from(tensor.data, (value) => value << 16);
  return new Float32Array(bits.buffer);
}
