export type TrainingErrorCode =
  | "invalid_recipe"
  | "invalid_data"
  | "invalid_run"
  | "diverged"
  | "missing_tool"
  | "bad_golden";

/** Every error this package throws. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  constructor(
    readonly code: TrainingErrorCode,
    message: string,
  ) {
    super(message);
  }
}
