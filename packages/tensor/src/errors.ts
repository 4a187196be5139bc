export type TensorErrorCode =
  | "shape_mismatch"
  | "dtype_mismatch"
  | "index_out_of_range"
  | "not_a_number"
  | "disposed"
  | "unsupported"
  | "device_unavailable"
  | "out_of_memory";

/** Every error this package throws. */
export class TensorError extends Error {
  override readonly name = "TensorError";
  constructor(
    readonly code: TensorErrorCode,
    message: string,
  ) {
    super(message);
  }
}
