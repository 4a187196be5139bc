import { APICallError, UnsupportedFunctionalityError } from "@ai-sdk/provider";
import { ChatError, type GenerateRequest } from "@cachalot/chat";

/**
 * An error of a ChatModel as the SDK wants it: what an endpoint answered becomes an APICallError, which the SDK tries again
 * if that may help, after the time the endpoint asked for; what the model cannot do an UnsupportedFunctionalityError. Anything
 * else stays what it is.
 */
export function apiError(error: unknown, model: string, request: GenerateRequest): unknown {
  if (error instanceof ChatError && error.code === "unsupported_parameter") {
    const functionality = error.param === "tool_choice" ? "toolChoice" : (error.param ?? "this request");
    return new UnsupportedFunctionalityError({ functionality, message: error.message });
  }
  if (!(error instanceof ChatError) || error.upstream === undefined) return error;
  const { status, retryAfterMs, retryable } = error.upstream;
  const { signal: _, ...body } = request;
  return new APICallError({
    // A ChatModel does not say where it is; the message names the endpoint.
    url: `cachalot:${model}`,
    message: error.message,
    requestBodyValues: body,
    isRetryable: retryable,
    cause: error,
    ...(status === undefined ? {} : { statusCode: status }),
    ...(retryAfterMs === undefined ? {} : { responseHeaders: { "retry-after-ms": String(retryAfterMs) } }),
  });
}
