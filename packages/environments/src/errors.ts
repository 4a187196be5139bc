/**
 * - `invalid_task`: a taskset, task or rubric that cannot work
 * - `unknown_taskset`: no such name
 * - `unrecorded`: a policy that does not tell what it sampled
 * - `rollout_failed`: rollouts that no worker could make
 */
export type EnvironmentErrorCode = "invalid_task" | "unknown_taskset" | "unrecorded" | "rollout_failed";

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
