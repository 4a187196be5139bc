import type { ChatEvent, FinishReason, TokenLogprob, Usage } from "./chat-model.js";
import { ChatError } from "./errors.js";
import type { AssistantMessage, ToolCall } from "./messages.js";

export interface CollectedMessage {
  /** Ready to append to the conversation. Reasoning and calls are there only when the model produced them. */
  message: AssistantMessage;
  /** Zeros when the model reported none. */
  usage: Usage;
  finishReason: FinishReason;
  /** What a lenient parse repaired. */
  repairs: string[];
  /** Empty unless the request asked for them. */
  logprobs: TokenLogprob[];
}

/**
 * Adds up a model's events to the message they describe.
 *
 * @throws ChatError `upstream` when the stream ends without a `finish` event; whatever the stream itself throws.
 */
export async function collectMessage(events: AsyncIterable<ChatEvent>): Promise<CollectedMessage> {
  let content = "";
  let reasoning = "";
  const calls: ToolCall[] = [];
  let usage: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };
  let finishReason: FinishReason | undefined;
  const repairs: string[] = [];
  const logprobs: TokenLogprob[] = [];
  for await (const event of events) {
    switch (event.type) {
      case "content":
        content += event.delta;
        break;
      case "reasoning":
        reasoning += event.delta;
        break;
      case "tool-call":
        calls[event.index] = { id: event.id, type: "function", function: { name: event.name, arguments: "" } };
        break;
      case "tool-call-arguments": {
        const call = calls[event.index];
        if (call === undefined) throw new ChatError("upstream", `Arguments for call ${event.index} before the call`);
        call.function.arguments += event.delta;
        break;
      }
      case "logprobs":
        logprobs.push(...event.tokens);
        break;
      case "usage":
        usage = event.usage;
        break;
      case "repair":
        repairs.push(event.description);
        break;
      case "finish":
        finishReason = event.reason;
        break;
    }
  }
  if (finishReason === undefined) {
    throw new ChatError("upstream", "The stream ended without a finish event; send the request again");
  }
  const message: AssistantMessage = {
    role: "assistant",
    content,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return { message, usage, finishReason, repairs, logprobs };
}
