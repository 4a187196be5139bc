export type TensorErrorCode = "shape_mismatch" | "dtype_mismatch" | "disposed" | "unsupported" | "device_unavailable";

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
