/**
 * Symmetric int8 quantisation per row, as stored: a weight is I8 `[rows, width]` with a float32 scale for each row beside it,
 * `NAME_scale` `[rows, 1]`. These are the names and shapes of compressed-tensors' `int-quantized` format.
 */

import { quantizeRows, ROW_SCALE_BYTES } from "@cachalot/tensor";

/** What the tensor of a weight's scales is called: the weight's name, then this. */
export const INT8_SCALE_SUFFIX = "_scale";

/** Said in config.json, so that no reader takes the integers for weights. */
export const INT8_QUANTIZATION = {
  quant_method: "compressed-tensors",
  format: "int-quantized",
  quantization_status: "compressed",
  config_groups: {
    group_0: {
      targets: ["Linear", "Embedding"],
      weights: { num_bits: 8, type: "int", symmetric: true, strategy: "channel", dynamic: false },
    },
  },
} as const;

export interface Int8Rows {
  /** `[rows, width]`, magnitudes at most 127 */
  values: Int8Array;
  /** `[rows]` */
  scales: Float32Array;
}

/** Rounds rows of `width` values, each to integers times a scale of its own. */
export function toInt8Rows(values: Float32Array, width: number): Int8Rows {
  const bytes = quantizeRows(values, width);
  const view = new DataView(bytes.buffer);
  const rows = values.length / width;
  const result = { values: new Int8Array(values.length), scales: new Float32Array(rows) };
  for (let r = 0; r < rows; r++) {
    const at = r * (width + ROW_SCALE_BYTES);
    for (let i = 0; i < width; i++) result.values[r * width + i] = bytes[at + i]! - 128;
    result.scales[r] = view.getFloat32(at + width, true);
  }
  return result;
}

/** The values such rows stand for. */
export function fromInt8Rows({ values, scales }: Int8Rows): Float32Array {
  const width = values.length / scales.length;
  return Float32Array.from(values, (value, i) => value * scales[Math.floor(i / width)]!);
}
