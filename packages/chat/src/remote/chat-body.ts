/** A conversation -> the body of `POST /v1/chat/completions`, in the words of one host. */

import type { GenerateRequest } from "../chat-model.js";
import { renderResponseFormat } from "../codec/tools-text.js";
import { wellFormedJson } from "../json/well-formed.js";
import type { AssistantMessage, ChatMessage, ToolCall } from "../messages.js";
import { offeredTools } from "../prompt/offered-calls.js";
import { hoistDeveloperMessage } from "../prompt/prepare-messages.js";
import { applyRetention } from "../prompt/retention.js";
import { callFields, labelFields, thinkingFields } from "./call-fields.js";
import type { EndpointProfile } from "./endpoint-profile.js";
import { samplingBody } from "./request-fields.js";

/** Hosts match results to calls by id; a history without ids is matched by order, and gets some. */
function withCallIds(messages: readonly ChatMessage[]): ChatMessage[] {
  let open: string[] = [];
  return messages.map((message, at) => {
    if (message.role === "assistant" && message.tool_calls?.length) {
      const tool_calls = message.tool_calls.map((call, i) => ({ ...call, id: call.id ?? `call_${at}_${i}` }));
      open = tool_calls.map(({ id }) => id);
      return { ...message, tool_calls };
    }
    if (message.role !== "tool") return message;
    const next = open.shift();
    return message.tool_call_id === undefined && next !== undefined ? { ...message, tool_call_id: next } : message;
  });
}

const wireCall = ({ function: { name, arguments: json }, ...call }: ToolCall): object => ({
  ...call,
  type: "function",
  function: { name, arguments: wellFormedJson(json) },
});

function wireAssistant(message: AssistantMessage, profile: EndpointProfile): object {
  const { content, reasoning_content: reasoning, tool_calls: calls } = message;
  return {
    role: "assistant",
    content: content ?? (calls?.length ? null : ""),
    ...(typeof reasoning === "string"
      ? Object.fromEntries(profile.reasoningOut.map((field) => [field, reasoning]))
      : {}),
    ...(calls?.length ? { tool_calls: calls.map(wireCall) } : {}),
  };
}

function wireMessage(message: ChatMessage, profile: EndpointProfile): object {
  if (message.role === "assistant") return wireAssistant(message, profile);
  if (message.role === "tool") {
    return { role: "tool", content: message.content ?? "", tool_call_id: message.tool_call_id };
  }
  return { role: message.role, content: message.content ?? "" };
}

/** For hosts without the developer role: instructions, or the question where there is no other. */
function withoutDeveloper(messages: readonly ChatMessage[]): ChatMessage[] {
  const role = messages.some((message) => message.role === "user") ? "system" : "user";
  return messages.map((message) => (message.role === "developer" ? { role, content: message.content ?? "" } : message));
}

/** The response format may sit on a message, as the codec has it; over the wire it is a field. */
function attachedFormat(messages: readonly ChatMessage[]): Record<string, unknown> | undefined {
  const holders = messages.filter((message) => message.role === "system" || message.role === "developer");
  return holders.findLast(({ response_format }) => response_format !== undefined)?.response_format;
}

function addToSystem(messages: readonly ChatMessage[], text: string): ChatMessage[] {
  const [first, ...rest] = messages;
  if (first?.role === "system") return [{ ...first, content: `${first.content ?? ""}\n\n${text}` }, ...rest];
  return [{ role: "system", content: text }, ...messages];
}

/**
 * The body of a chat request that streams.
 *
 * @throws ChatError `invalid_request` for options the host refuses.
 */
export function chatBody(request: GenerateRequest, model: string, profile: EndpointProfile): Record<string, unknown> {
  const thinking = (request.thinkingMode ?? "thinking") === "thinking";
  let messages: readonly ChatMessage[] = applyRetention(hoistDeveloperMessage(request.messages), profile.retention);
  const tools = offeredTools(request);
  const format = request.responseFormat ?? attachedFormat(messages);
  const shaped = format !== undefined && Object.keys(format).length > 0;
  const inPrompt = shaped && profile.responseFormat === "json_object";
  if (inPrompt) messages = addToSystem(messages, renderResponseFormat(format));
  if (!profile.developerRole) messages = withoutDeveloper(messages);
  return {
    model,
    messages: withCallIds(messages).map((message) => wireMessage(message, profile)),
    ...(tools.length > 0 ? { tools, ...callFields(request, profile, thinking) } : {}),
    ...(inPrompt ? { response_format: { type: "json_object" } } : {}),
    ...(shaped && !inPrompt
      ? { response_format: { type: "json_schema", json_schema: { name: "response", schema: format } } }
      : {}),
    ...samplingBody(request, profile, thinking),
    ...(request.topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: request.topLogprobs }),
    ...thinkingFields(request, profile, thinking),
    ...labelFields(request, profile),
    stream: true,
    ...(profile.asksForUsage ? { stream_options: { include_usage: true } } : {}),
  };
}
