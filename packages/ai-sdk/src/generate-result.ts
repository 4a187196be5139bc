import type { LanguageModelV3Content, LanguageModelV3GenerateResult } from "@ai-sdk/provider";
import type { CollectedMessage } from "@cachalot/chat";
import { finishReasonOf, metadataOf, runsCalls, usageOf } from "./outcome.js";
import { toolCallPart } from "./tool-call-arguments.js";

/** A whole message as the result of `doGenerate`, without warnings. */
export function generateResult(
  { message, usage, finishReason, repairs }: CollectedMessage,
  modelId: string,
): Omit<LanguageModelV3GenerateResult, "warnings"> {
  const { content: text, reasoning_content: reasoning, tool_calls: calls = [] } = message;
  const content: LanguageModelV3Content[] = [];
  if (reasoning) content.push({ type: "reasoning", text: reasoning });
  if (text) content.push({ type: "text", text });
  const whole = runsCalls(finishReason);
  if (whole) content.push(...calls.map((call) => toolCallPart(call.id!, call.function.name, call.function.arguments)));
  const providerMetadata = metadataOf(repairs, whole ? [] : calls.map((call) => call.function.name));
  return {
    content,
    finishReason: finishReasonOf(finishReason),
    usage: usageOf(usage),
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
    response: { modelId },
  };
}
