import type { GenerateRequest } from "../chat-model.js";
import { encodeMessageParts, encodeMessages } from "../codec/encode-messages.js";
import { EOS, THINK_END } from "../codec/special-tokens.js";
import { ChatError } from "../errors.js";
import type { AssistantMessage } from "../messages.js";
import { attachTools, hoistDeveloperMessage } from "./prepare-messages.js";

/**
 * The prompt text of a chat request: its tools attached, an opening developer message made a system message.
 *
 * @throws ChatError for messages the format cannot hold, or that leave nothing to answer.
 */
export function chatPrompt(request: GenerateRequest): string {
  return chatPromptParts(request)
    .map(({ text }) => text)
    .join("");
}

/** What one message of a request became in the prompt. */
export interface PromptPart {
  /** Index in the request's messages; -1 for the system message that is added to hold the tools. */
  message: number;
  text: string;
}

/**
 * The prompt of {@link chatPrompt}, message by message: joined, the parts are the prompt.
 *
 * @throws ChatError as `chatPrompt`
 */
export function chatPromptParts(request: GenerateRequest): PromptPart[] {
  const messages = attachTools(hoistDeveloperMessage(request.messages), request);
  const last = messages.at(-1);
  if (last === undefined || last.role === "assistant" || last.role === "system") {
    throw new ChatError(
      "invalid_message",
      "The last message must be of role user, developer or tool for the model to answer",
      "messages",
    );
  }
  const added = messages.length - request.messages.length;
  const thinkingMode = request.thinkingMode ?? "thinking";
  const parts = inRequestsIndices(added, () => encodeMessageParts(messages, { thinkingMode }));
  return parts.map((text, i) => ({ message: i - added, text }));
}

/** Runs `encode`, whose messages are the request's with `added` before them; its errors count the request's own. */
function inRequestsIndices<T>(added: number, encode: () => T): T {
  try {
    return encode();
  } catch (error) {
    const index = error instanceof ChatError ? /^messages\[(\d+)\]/.exec(error.param ?? "") : null;
    if (!(error instanceof ChatError) || added === 0 || index === null) throw error;
    const [name, number] = index;
    const own = Number(number) - added;
    // Only the tools and the format are on the message that was added.
    const rename = (text: string): string =>
      own < 0 ? text.replaceAll(`${name}.`, "") : text.replaceAll(name, `messages[${own}]`);
    throw new ChatError(error.code, rename(error.message), rename(error.param ?? ""), error.upstream);
  }
}

/**
 * What a model writes to say `message` in answer to a request: the text between its prompt and the next message's.
 *
 * @throws ChatError for a message or request the format cannot hold
 */
export function chatCompletion(request: GenerateRequest, message: AssistantMessage): string {
  const thinkingMode = request.thinkingMode ?? "thinking";
  // A model may answer without a thought; a history with such a message is what the codec refuses.
  if (thinkingMode === "thinking" && !message.reasoning_content && !message.tool_calls?.length) {
    return THINK_END + (message.content ?? "") + EOS;
  }
  const context = attachTools(hoistDeveloperMessage(request.messages), request);
  return encodeMessages([message], { thinkingMode, context });
}
