export class StudioError extends Error {
  override readonly name = "StudioError";

  constructor(
    readonly code: "not_built",
    message: string,
  ) {
    super(message);
  }
}
