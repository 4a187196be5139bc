/** - `invalid_task`: a taskset, task or rubric that cannot work. - `unknown_taskset`: no such name. */
export type EnvironmentErrorCode = "invalid_task" | "unknown_taskset";

export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";

  constructor(
    readonly code: EnvironmentErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
