export type SandboxErrorCode =
  | "sandbox_unavailable"
  | "sandbox_closed"
  | "sandbox_file"
  | "workspace"
  | "invalid_limit";

/** Every error this package throws. The message says what was wrong and ends with what to do about it. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  constructor(
    readonly code: SandboxErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
