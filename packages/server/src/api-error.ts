/** Every error the API answers with, in OpenAI's shape. */

import { ChatError } from "@cachalot/chat";

export type ApiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "rate_limit_error"
  | "upstream_error"
  | "server_error";

/** An error with an HTTP status. `code` is for programs, `param` names the offending field. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly type: ApiErrorType;
  readonly code: string;
  readonly param: string | null;
  /** Extra response headers, such as `Allow`. */
  readonly headers: Record<string, string>;

  constructor(
    readonly status: number,
    message: string,
    options: { code: string; type?: ApiErrorType; param?: string | null; headers?: Record<string, string> },
  ) {
    super(message);
    this.type = options.type ?? "invalid_request_error";
    this.code = options.code;
    this.param = options.param ?? null;
    this.headers = options.headers ?? {};
  }

  /** The response body. */
  toJSON(): { error: { message: string; type: ApiErrorType; param: string | null; code: string } } {
    const { message, type, param, code } = this;
    return { error: { message, type, param, code } };
  }
}

/** A 400 about one field of the request body. */
export function badRequest(message: string, param: string | null, code = "invalid_value"): ApiError {
  return new ApiError(400, message, { code, param });
}

/** A 400 for a field that is understood but not offered. */
export function unsupported(param: string, message: string): ApiError {
  return badRequest(message, param, "unsupported_parameter");
}

/** What any thrown value becomes for the client. Internal details stay in the log. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ChatError) return fromChatError(error);
  return new ApiError(500, "The server failed to answer this request; its log has the details", {
    type: "server_error",
    code: "internal_error",
  });
}

function retryAfter({ upstream }: ChatError): Record<string, string> {
  return { "retry-after": String(Math.ceil((upstream?.retryAfterMs ?? 1000) / 1000)) };
}

function fromChatError(error: ChatError): ApiError {
  const { code, message } = error;
  const param = error.param ?? null;
  switch (code) {
    case "overloaded":
      return new ApiError(429, message, { type: "rate_limit_error", code, param, headers: retryAfter(error) });
    case "unavailable":
      return new ApiError(503, message, { type: "server_error", code, param, headers: retryAfter(error) });
    case "upstream":
    case "parse_error":
      return new ApiError(502, message, { type: "upstream_error", code, param });
    default:
      return badRequest(message, param, code);
  }
}
