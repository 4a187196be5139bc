export type ModelErrorCode =
  | "invalid_config"
  | "config_mismatch"
  | "invalid_checkpoint"
  | "invalid_tokenizer"
  | "invalid_token"
  | "missing_file"
  | "missing_tensor"
  | "shape_mismatch"
  | "unsupported_dtype"
  | "context_length_exceeded"
  | "cache_full"
  | "out_of_memory";

/** Every error this package throws. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  constructor(
    readonly code: ModelErrorCode,
    message: string,
  ) {
    super(message);
  }
}
