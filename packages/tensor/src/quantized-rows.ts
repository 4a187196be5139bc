/**
 * 8-bit weight rows: `in` bytes, each the integer plus 128, then the row's scale as a little-endian float32. A matrix
 * `[.., out, in]` is a u8 tensor `[.., out, in + 4]`.
 */
export const ROW_SCALE_BYTES = 4;

/** Rounds rows of `width` values to integers of magnitude at most 127 times a scale of their own. */
export function quantizeRows(values: Float32Array, width: number): Uint8Array {
  const rows = values.length / width;
  const bytes = new Uint8Array(rows * (width + ROW_SCALE_BYTES));
  const view = new DataView(bytes.buffer);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * width, (r + 1) * width);
    let largest = 0;
    for (const value of row) largest = Math.max(largest, Math.abs(value));
    const scale = Math.fround(largest / 127);
    const at = r * (width + ROW_SCALE_BYTES);
    for (let i = 0; i < width; i++) bytes[at + i] = 128 + (scale === 0 ? 0 : Math.round(row[i]! / scale));
    view.setFloat32(at + width, scale, true);
  }
  return bytes;
}

/** The values of such rows, `width` of them each. */
export function dequantizeRows(bytes: Uint8Array, width: number): Float32Array {
  const rows = bytes.length / (width + ROW_SCALE_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    const at = r * (width + ROW_SCALE_BYTES);
    const scale = view.getFloat32(at + width, true);
    for (let i = 0; i < width; i++) values[r * width + i] = (bytes[at + i]! - 128) * scale;
  }
  return values;
}
