import {
  type LanguageModelV3Message,
  type LanguageModelV3Prompt,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import type { AssistantMessage, ChatMessage, ToolCall, ToolMessage } from "@cachalot/chat";
import { argumentsText } from "./tool-call-arguments.js";
import { toolResultText } from "./tool-result-text.js";

type Parts<Role extends LanguageModelV3Message["role"]> = (LanguageModelV3Message & { role: Role })["content"];

/**
 * The SDK's prompt as chat messages. All reasoning goes along; which of it the model sees is the codec's to decide.
 *
 * @throws UnsupportedFunctionalityError for files and images, and for results of tools another provider ran
 */
export function chatMessages(prompt: LanguageModelV3Prompt): ChatMessage[] {
  const messages: ChatMessage[] = [];
  let calls: readonly ToolCall[] = [];
  for (const message of prompt) {
    switch (message.role) {
      case "system":
        messages.push({ role: "system", content: message.content });
        break;
      case "user":
        messages.push({ role: "user", content: message.content.map(userText).join("") });
        break;
      case "assistant": {
        const assistant = assistantMessage(message.content);
        calls = assistant.tool_calls ?? [];
        messages.push(assistant);
        break;
      }
      case "tool":
        messages.push(...toolMessages(message.content, calls));
        break;
    }
  }
  return messages;
}

function userText(part: Parts<"user">[number]): string {
  if (part.type === "text") return part.text;
  throw unsupported(`${part.mediaType} in a user message`, "the model reads text only; send the text of the file");
}

function assistantMessage(parts: Parts<"assistant">): AssistantMessage {
  let content = "";
  let reasoning = "";
  const calls: ToolCall[] = [];
  for (const part of parts) {
    switch (part.type) {
      case "text":
        content += part.text;
        break;
      case "reasoning":
        reasoning += part.text;
        break;
      case "tool-call":
        calls.push({
          id: part.toolCallId,
          type: "function",
          function: { name: part.toolName, arguments: argumentsText(part) },
        });
        break;
      case "file":
        throw unsupported(`${part.mediaType} in an assistant message`, "take it out of the history");
      case "tool-result":
        throw unsupported("the result of a provider's own tool", "take the call and its result out of the history");
    }
  }
  return {
    role: "assistant",
    content,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** A prompt holds results in the order of their calls, without ids. Approvals were settled by the SDK. */
function toolMessages(parts: Parts<"tool">, calls: readonly ToolCall[]): ToolMessage[] {
  const place = (message: ToolMessage) => calls.findIndex(({ id }) => id === message.tool_call_id);
  return parts
    .flatMap((part): ToolMessage[] => {
      if (part.type !== "tool-result") return [];
      return [{ role: "tool", tool_call_id: part.toolCallId, content: toolResultText(part.output) }];
    })
    .sort((a, b) => place(a) - place(b));
}

const unsupported = (functionality: string, fix: string): UnsupportedFunctionalityError =>
  new UnsupportedFunctionalityError({ functionality, message: `Cannot send ${functionality}: ${fix}` });
