export type ChatErrorCode =
  | "invalid_message"
  | "invalid_arguments"
  | "parse_error"
  | "invalid_request"
  | "context_length_exceeded"
  | "tools_not_supported"
  | "unsupported_parameter"
  | "overloaded"
  /** Nothing can be asked right now, as while an engine starts again. */
  | "unavailable"
  | "upstream";

/** What a remote endpoint said when it failed. */
export interface UpstreamFailure {
  /** HTTP status; undefined when the connection or the stream failed. */
  status?: number;
  /** How long it asked to wait, in milliseconds (`Retry-After`). */
  retryAfterMs?: number;
  /** Whether the same request may succeed later. */
  retryable: boolean;
}

/** Every error this package throws. `param` names the offending field, for example `messages[3].content`. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  constructor(
    readonly code: ChatErrorCode,
    message: string,
    readonly param?: string,
    readonly upstream?: UpstreamFailure,
  ) {
    super(message);
  }
}
