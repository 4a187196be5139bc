/** The contract of one request: encoded as the model reads it, judged by every retention policy and by the doctor. */

import {
  ChatError,
  type ChatMessage,
  chatCompletion,
  chatPromptParts,
  type DiagnoseOptions,
  diagnoseRequest,
  type GenerateRequest,
  keepsReasoning,
  mendHistory,
  type PromptPart,
  parseMessages,
  parseTools,
  RETENTION_POLICIES,
  thinkingSwitches,
} from "@cachalot/chat";
import { ApiError, orderToolResults, type TextTokenizer } from "@cachalot/server";
import type { Encoding } from "../../wire/encoding.js";
import { tokensOf } from "./tokens-of.js";

type Body = Readonly<Record<string, unknown>>;

/** @param body a chat request of any host, right or wrong: what is wrong is an answer, too */
export function encodeRequest(body: Body, options: DiagnoseOptions, tokenizer: TextTokenizer | undefined): Encoding {
  const thinking = thinkingSwitches(body).every(([, on]) => on);
  const findings = diagnoseRequest(body, options).map(({ index, ...finding }) => ({
    ...finding,
    ...(index === undefined ? {} : { index }),
  }));
  const base = { thinking, hasTokenizer: tokenizer !== undefined, policies: [...RETENTION_POLICIES], findings };
  let messages: readonly ChatMessage[] = [];
  try {
    messages = mendHistory(parseMessages(body.messages)).messages;
    messages = inOrder(messages);
    const tools = body.tools == null ? [] : parseTools(body.tools);
    const parts = partsOf({ messages, tools, thinkingMode: thinking ? "thinking" : "chat" });
    const tokens = tokensOf(parts, tokenizer);
    return {
      ...base,
      parts: parts.map(({ message }, i) => ({
        message,
        role: messages[message]?.role ?? "system",
        tokens: tokens[i]!,
      })),
      reasoning: reasoningOf(messages, tokenizer),
    };
  } catch (error) {
    if (!(error instanceof ChatError || error instanceof ApiError)) throw error;
    const problem = { message: error.message, ...(error.param ? { param: error.param } : {}) };
    return { ...base, parts: [], problem, reasoning: reasoningOf(messages, tokenizer) };
  }
}

/** Results in the order of their calls; the calls of a last message may wait for theirs. */
function inOrder(messages: readonly ChatMessage[]): ChatMessage[] {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return orderToolResults(messages);
  return [...orderToolResults(messages.slice(0, -1)), last];
}

/** The prompt; behind it, where the conversation ends with an answer, what the model wrote. */
function partsOf(request: GenerateRequest): PromptPart[] {
  const last = request.messages.at(-1);
  if (last?.role !== "assistant") return chatPromptParts(request);
  const asked = { ...request, messages: request.messages.slice(0, -1) };
  return [...chatPromptParts(asked), { message: asked.messages.length, text: chatCompletion(asked, last) }];
}

function reasoningOf(messages: readonly ChatMessage[], tokenizer: TextTokenizer | undefined): Encoding["reasoning"] {
  const keeps = RETENTION_POLICIES.map((policy) => [policy, keepsReasoning(messages, policy)] as const);
  return messages.flatMap((message, i) => {
    if (message.role !== "assistant" || !message.reasoning_content) return [];
    const text = message.reasoning_content;
    const tokens = tokenizer ? tokenizer.encode(text).length : text.length;
    return [{ message: i, tokens, keeps: Object.fromEntries(keeps.map(([policy, kept]) => [policy, kept[i]!])) }];
  });
}
