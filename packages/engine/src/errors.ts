export type EngineErrorCode = "load_failed" | "generation_failed" | "closed";

/** Every error this package throws, except ChatError for requests it refuses. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    readonly code: EngineErrorCode,
    message: string,
  ) {
    super(message);
  }
}
