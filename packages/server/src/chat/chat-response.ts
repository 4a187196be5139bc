/** What `POST /v1/chat/completions` answers: one object, or chunks. */

import type { ChatEvent, CollectedMessage, FinishReason } from "@cachalot/chat";
import { createId, totalUsage, unixTime, wireChatLogprobs, wireUsage } from "../wire.js";

interface Envelope {
  id: string;
  created: number;
  model: string;
}

export function chatEnvelope(model: string): Envelope {
  return { id: createId("chatcmpl"), created: unixTime(), model };
}

const finishReason = (reason: FinishReason): string => (reason === "aborted" ? "stop" : reason);

function wireMessage({ message }: CollectedMessage) {
  const { content, reasoning_content, tool_calls } = message;
  return {
    role: "assistant",
    content: tool_calls && !content ? null : (content ?? ""),
    ...(reasoning_content ? { reasoning_content } : {}),
    ...(tool_calls ? { tool_calls } : {}),
    refusal: null,
  };
}

/** The whole answer. `logprobs` tells whether they were asked for. */
export function chatCompletion(envelope: Envelope, choices: readonly CollectedMessage[], logprobs: boolean) {
  return {
    ...envelope,
    object: "chat.completion",
    choices: choices.map((choice, index) => ({
      index,
      message: wireMessage(choice),
      logprobs: logprobs ? wireChatLogprobs(choice.logprobs) : null,
      finish_reason: finishReason(choice.finishReason),
    })),
    usage: wireUsage(totalUsage(choices.map(({ usage }) => usage))),
  };
}

/** One chunk of a choice. */
export function chatChunk(
  envelope: Envelope,
  index: number,
  part: { delta?: object; logprobs?: object; finish_reason?: string },
) {
  const { delta = {}, logprobs = null, finish_reason = null } = part;
  return { ...envelope, object: "chat.completion.chunk", choices: [{ index, delta, logprobs, finish_reason }] };
}

/** The chunk an event becomes. Undefined for events the wire format does not know; usage is sent once, at the end. */
export function eventChunk(envelope: Envelope, index: number, event: ChatEvent): object | undefined {
  switch (event.type) {
    case "reasoning":
      return chatChunk(envelope, index, { delta: { reasoning_content: event.delta } });
    case "content":
      return chatChunk(envelope, index, { delta: { content: event.delta } });
    case "tool-call": {
      const call = {
        index: event.index,
        id: event.id,
        type: "function",
        function: { name: event.name, arguments: "" },
      };
      return chatChunk(envelope, index, { delta: { tool_calls: [call] } });
    }
    case "tool-call-arguments": {
      const call = { index: event.index, function: { arguments: event.delta } };
      return chatChunk(envelope, index, { delta: { tool_calls: [call] } });
    }
    case "logprobs":
      return chatChunk(envelope, index, { logprobs: wireChatLogprobs(event.tokens) });
    case "finish":
      return chatChunk(envelope, index, { finish_reason: finishReason(event.reason) });
    default:
      return undefined;
  }
}
