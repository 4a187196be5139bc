export type CliErrorCode = "missing_model" | "invalid_input" | "parity_failed";

/** Errors of the command line itself. */
export class CliError extends Error {
  override readonly name = "CliError";
  constructor(
    readonly code: CliErrorCode,
    message: string,
  ) {
    super(message);
  }
}
