import { float32ToBfloat16 } from "../checkpoint/index.js";
import { GGML_TYPES, type GgmlType } from "./gguf-file.js";

/** Float32 values as a ggml type stores them. */
export function encodeValues(values: Float32Array, type: GgmlType): Uint8Array {
  if (type === "q8_0") return quantizeQ8(values);
  const stored = type === "bf16" ? float32ToBfloat16(values) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** Q8_0: blocks of 32 signed bytes behind their scale, the block's largest magnitude / 127, as a half. */
function quantizeQ8(values: Float32Array): Uint8Array {
  const { block, bytes } = GGML_TYPES.q8_0;
  const out = new Uint8Array((values.length / block) * bytes);
  const view = new DataView(out.buffer);
  for (let b = 0; b < values.length / block; b++) {
    let largest = 0;
    for (let i = 0; i < block; i++) largest = Math.max(largest, Math.abs(values[b * block + i]!));
    const scale = Math.fround(largest / 127);
    const inverse = scale > 0 ? Math.fround(1 / scale) : 0;
    view.setUint16(b * bytes, float32ToFloat16(scale), true);
    for (let i = 0; i < block; i++) {
      const scaled = Math.fround(values[b * block + i]! * inverse);
      view.setInt8(b * bytes + 2 + i, Math.sign(scaled) * Math.round(Math.abs(scaled)));
    }
  }
  return out;
}

/** Rounds to nearest even; too large becomes infinity. For scales: values of at least 0. */
export function float32ToFloat16(value: number): number {
  if (value === 0) return 0;
  if (value >= 65520) return 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(value)), -14);
  const step = 2 ** (exponent - 10);
  const units = value / step;
  let mantissa = Math.floor(units);
  const rest = units - mantissa;
  if (rest > 0.5 || (rest === 0.5 && mantissa % 2 === 1)) mantissa++;
  // 1024 units and more are a normal number; a carry past 2047 moves to the next exponent by itself.
  return exponent === -14 && mantissa < 1024 ? mantissa : ((exponent + 14) << 10) + mantissa;
}
