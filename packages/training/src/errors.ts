export type TrainingErrorCode =
  | "invalid_recipe"
  | "invalid_data"
  | "invalid_run"
  | "diverged"
  | "missing_tool"
  | "bad_golden"
  /** A rollout whose record does not fit together. */
  | "invalid_rollout"
  /** Rewards that cannot teach: all equal, or too many tasks that could not be judged. */
  | "no_signal";

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
