/** A safetensors file of exactly this header text and this much data, right or wrong. */
export function safetensorsBytes(header: string | Uint8Array, data: number | Uint8Array = 0): Uint8Array {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, typeof data === "number" ? Buffer.alloc(data) : data]);
}
