export type EvalsErrorCode =
  | "unknown_benchmark"
  /** The data is not bundled, and no file was given. */
  | "missing_data"
  /** A row of a data file does not fit. */
  | "bad_data"
  /** A directory holds another run, or no run. */
  | "other_run"
  /** The world of a problem cannot be had on this machine. */
  | "unsupported"
  | "run_in_use"
  /** Nothing can be measured any more. */
  | "unreachable"
  | "invalid_options";

/** Every error of this package; the message ends with what to do. */
export class EvalsError extends Error {
  override readonly name = "EvalsError";
  constructor(
    readonly code: EvalsErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
