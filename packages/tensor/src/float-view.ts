import type { HostTensor, NumericArray } from "./op.js";
import { dequantizeRows, ROW_SCALE_BYTES } from "./quantized-rows.js";
import { dimAt } from "./shape.js";

/**
 * Elements of an f32 or bf16 tensor, or of 8-bit rows, as numbers; f32 (and the float64 of gradient checks) without a copy.
 */
export function readFloat(tensor: HostTensor): NumericArray {
  if (tensor.dtype === "u8")
    return dequantizeRows(tensor.data as Uint8Array, dimAt(tensor.shape, -1) - ROW_SCALE_BYTES);
  if (tensor.dtype !== "bf16" || tensor.data instanceof Float64Array) return tensor.data;
  const bits = Uint32Array.from(tensor.data, (value) => value << 16);
  return new Float32Array(bits.buffer);
}

/**
 * Numbers rounded to the nearest bf16, ties to even, as a product with bf16 weights reads them. The float64 of gradient
 * checks is left as it is: the derivative is that of the unrounded product.
 */
export function roundToBf16(values: NumericArray): NumericArray {
  if (values instanceof Float64Array) return values;
  const rounded = Float32Array.from(values);
  const bits = new Uint32Array(rounded.buffer);
  bits.forEach((word, i) => {
    const notANumber = (word & 0x7fffffff) > 0x7f800000;
    bits[i] = notANumber ? word : (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  });
  return rounded;
}
