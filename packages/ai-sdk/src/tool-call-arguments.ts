/** The arguments of a call between the SDK, which parses them, and the prompt, which shows them as the model wrote them. */

import type { LanguageModelV3ToolCall, LanguageModelV3ToolCallPart } from "@ai-sdk/provider";

/**
 * A call of the model for the SDK. The SDK hands back only the parsed input, in which `1.0` is `1` and a schema's defaults
 * are filled in; the metadata travels with the call and keeps the model's own text.
 */
export function toolCallPart(toolCallId: string, toolName: string, text: string): LanguageModelV3ToolCall {
  return {
    type: "tool-call",
    toolCallId,
    toolName,
    input: text,
    providerMetadata: { cachalot: { arguments: text } },
  };
}

/** The arguments of a call of the history: the model's own text where it is known. */
export function argumentsText({ input, providerOptions }: LanguageModelV3ToolCallPart): string {
  const own = providerOptions?.cachalot?.arguments;
  if (typeof own === "string") return isObjectText(own) ? own : JSON.stringify({ invalid_arguments: own });
  if (isObject(input)) return JSON.stringify(input);
  return JSON.stringify({ invalid_arguments: input ?? null });
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

function isObjectText(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
