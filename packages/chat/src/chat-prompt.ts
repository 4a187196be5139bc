import type { GenerateRequest } from "./chat-model.js";
import { encodeMessages } from "./codec/encode-messages.js";
import { ChatError } from "./errors.js";
import { attachTools, hoistDeveloperMessage } from "./prepare-messages.js";

/**
 * The prompt text of a chat request: its tools attached, an opening developer message made a system message.
 *
 * @throws ChatError for messages the format cannot hold, or that leave nothing to answer.
 */
export function chatPrompt(request: GenerateRequest): string {
  const messages = attachTools(hoistDeveloperMessage(request.messages), request);
  const last = messages.at(-1);
  if (last === undefined || last.role === "assistant" || last.role === "system") {
    throw new ChatError(
      "invalid_message",
      "The last message must be of role user, developer or tool for the model to answer",
      "messages",
    );
  }
  return encodeMessages(messages, { thinkingMode: request.thinkingMode ?? "thinking" });
}
