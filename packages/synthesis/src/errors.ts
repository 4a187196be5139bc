/**
 * - `invalid_task`: a task folder or instance that cannot be read
 * - `unsupported`: an environment that this machine cannot honour without a container; the message names the line
 * - `unknown_pipeline`: no such pipeline
 * - `invalid_options`: options that a pipeline does not take
 * - `failed`: a program of a task that should have worked did not
 */
export type SynthesisErrorCode = "invalid_task" | "unsupported" | "unknown_pipeline" | "invalid_options" | "failed";

/** Every error this package throws. The message says what was wrong and ends with what to do about it. */
export class SynthesisError extends Error {
  override readonly name = "SynthesisError";

  constructor(
    readonly code: SynthesisErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
