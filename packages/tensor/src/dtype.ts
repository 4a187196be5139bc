/** Element types. `bf16` is held as raw 16-bit patterns, `f8e4m3` as raw bytes. */
export type DType = "f32" | "bf16" | "f8e4m3" | "i32" | "u8";

/** The typed array that holds each dtype on a host. */
export interface HostArrays {
  f32: Float32Array;
  bf16: Uint16Array;
  f8e4m3: Uint8Array;
  i32: Int32Array;
  u8: Uint8Array;
}
export type HostArray = HostArrays[DType];

const constructors = {
  f32: Float32Array,
  bf16: Uint16Array,
  f8e4m3: Uint8Array,
  i32: Int32Array,
  u8: Uint8Array,
} as const;

export const bytesPerElement: Readonly<Record<DType, number>> = { f32: 4, bf16: 2, f8e4m3: 1, i32: 4, u8: 1 };

/** A typed array of `dtype` over `buffer`, `length` elements from byte `byteOffset`. */
export function viewAs<D extends DType>(
  dtype: D,
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
): HostArrays[D] {
  return new constructors[dtype](buffer, byteOffset, length) as HostArrays[D];
}
