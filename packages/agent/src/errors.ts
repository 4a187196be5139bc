export type AgentErrorCode =
  | "invalid_tool"
  | "invalid_arguments"
  | "corpus"
  | "mcp"
  | "invalid_run"
  | "trace"
  | "approval_needed"
  | "workspace"
  | "conflict"
  | "runs";

/** Every error this package throws. The message says what was wrong and ends with what to do about it. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  constructor(
    readonly code: AgentErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
