/** - `invalid_file`: not a file of rollouts. - `misaligned`: arrays of a sequence that do not fit its tokens. - `unknown_export`: no such format. */
export type RolloutsErrorCode = "invalid_file" | "misaligned" | "unknown_export";

export class RolloutsError extends Error {
  override readonly name = "RolloutsError";

  constructor(
    readonly code: RolloutsErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
