export type ChatErrorCode =
  | "invalid_message"
  | "invalid_arguments"
  | "parse_error"
  | "invalid_request"
  | "context_length_exceeded"
  | "tools_not_supported"
  | "overloaded"
  | "upstream";

/** Every error this package throws. `param` names the offending field, for example `messages[3].content`. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  constructor(
    readonly code: ChatErrorCode,
    message: string,
    readonly param?: string,
  ) {
    super(message);
  }
}
