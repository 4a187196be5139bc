import type { GenerateRequest } from "../chat-model.js";
import { chatCompletion, chatPrompt, chatPromptParts } from "./chat-prompt.js";

/**
 * Token-in, token-out over several turns: what the template adds behind an assistant's answer for the messages that follow it
 * (results of tools, a user's turn), up to where the assistant answers again. A prompt then only grows, ids so far plus the
 * encoding of this text, and what was sampled is never encoded again: an answer ends with its end token, and no token spans that.
 *
 * @param read how many of the request's messages stand before what follows; the last of them is the assistant's answer
 * @returns undefined where the template rewrites what was read: in thinking mode a user's turn drops the reasoning before it
 * @throws ChatError for messages the format cannot hold
 */
export function chatContinuation(request: GenerateRequest, read: number): string | undefined {
  const answer = request.messages[read - 1];
  if (answer?.role !== "assistant")
    throw new TypeError(`message ${read - 1} is no answer; count the messages up to one`);
  const earlier = { ...request, messages: request.messages.slice(0, read - 1) };
  const parts = chatPromptParts(request);
  const text = (from: number, to: number) =>
    parts
      .filter(({ message }) => message >= from && message < to)
      .map((part) => part.text)
      .join("");
  const isKept = text(-1, read) === chatPrompt(earlier) + chatCompletion(earlier, answer);
  return isKept ? text(read, request.messages.length) : undefined;
}
