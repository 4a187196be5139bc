/** Chat messages -> the prompt text DeepSeek-V3.2 was trained on (the authors' `encode_messages`). */

import { ChatError } from "../errors.js";
import type {
  AssistantMessage,
  ChatMessage,
  DeveloperMessage,
  SystemMessage,
  ThinkingMode,
  ToolCall,
  ToolMessage,
} from "../messages.js";
import { ASSISTANT, BOS, EOS, THINK_END, THINK_START, USER } from "./special-tokens.js";
import { renderCallsBlock, renderInvoke } from "./tool-calls.js";
import { renderResponseFormat, renderTools } from "./tools-text.js";

export interface EncodeOptions {
  thinkingMode: ThinkingMode;
  /** Messages encoded earlier: they count for every rule but are not rendered, and no BOS is added. Default none. */
  context?: readonly ChatMessage[] | undefined;
  /** Leave out `reasoning_content` before the last user message (thinking mode only). Default true. */
  dropThinking?: boolean | undefined;
  /** Start with BOS when there is no context. Default true. */
  addDefaultBosToken?: boolean | undefined;
}

interface Conversation {
  messages: readonly ChatMessage[];
  lastUser: number;
  thinking: boolean;
  /** Names message `index` in errors: `messages[2]` or `context[0]`. */
  name(index: number): string;
}

function invalid(message: string, param: string): ChatError {
  return new ChatError("invalid_message", `${param}: ${message}`, param);
}

/** `content` as text; the API boundary joins arrays of parts before this. */
function text(message: ChatMessage, param: string): string {
  const content: unknown = message.content;
  if (content === undefined || content === null) return "";
  if (typeof content !== "string") {
    throw invalid("content must be a string here; pass untrusted JSON through parseMessages first", `${param}.content`);
  }
  return content;
}

/** Runs a renderer, putting the field's name on the error it throws. */
function named<T>(param: string, render: () => T): T {
  try {
    return render();
  } catch (error) {
    if (error instanceof ChatError && error.param === undefined) {
      throw new ChatError(error.code, `${param}: ${error.message}`, param);
    }
    throw error;
  }
}

function instructions(message: SystemMessage | DeveloperMessage, param: string): string {
  const { tools, response_format: format } = message;
  let out = "";
  if (tools && tools.length > 0) out += `\n\n${named(`${param}.tools`, () => renderTools(tools))}`;
  if (format && Object.keys(format).length > 0) {
    out += `\n\n${named(`${param}.response_format`, () => renderResponseFormat(format))}`;
  }
  return out;
}

function turnOpening({ lastUser, thinking }: Conversation, index: number): string {
  return thinking && index === lastUser ? THINK_START : THINK_END;
}

function renderAssistant(conversation: Conversation, message: AssistantMessage, index: number): string {
  const param = conversation.name(index);
  const calls = message.tool_calls ?? [];
  const content = text(message, param);
  let out = "";
  if (conversation.thinking && index > conversation.lastUser) {
    if (!message.reasoning_content && calls.length === 0) {
      throw invalid(
        "an assistant message after the last user message needs reasoning_content or tool_calls in thinking mode; " +
          "keep the reasoning the model returned, or answer without thinking",
        `${param}.reasoning_content`,
      );
    }
    out += `${message.reasoning_content ?? ""}${THINK_END}`;
  }
  out += content;
  if (calls.length > 0) out += `\n\n${renderCalls(calls, param)}`;
  return out + EOS;
}

function renderCalls(calls: readonly ToolCall[], param: string): string {
  const invokes = calls.map((call, i) => {
    const field = `${param}.tool_calls[${i}].function`;
    if (typeof call?.function?.name !== "string") throw invalid("a tool call needs a function name", `${field}.name`);
    if (typeof call.function.arguments !== "string") {
      throw invalid("arguments must be a JSON string; use JSON.stringify", `${field}.arguments`);
    }
    return named(`${field}.arguments`, () => renderInvoke(call));
  });
  return renderCallsBlock(invokes);
}

function renderToolResult(conversation: Conversation, message: ToolMessage, index: number): string {
  const { messages, lastUser, thinking } = conversation;
  const param = conversation.name(index);
  let caller = index - 1;
  while (caller >= 0 && messages[caller]?.role === "tool") caller--;
  const assistant = messages[caller];
  if (assistant?.role !== "assistant") {
    throw invalid("a tool message must follow the assistant message that called the tool", param);
  }
  const order = index - caller;
  const calls = assistant.tool_calls?.length ?? 0;
  if (calls < order) {
    throw invalid(
      `tool result ${order} answers an assistant message with ${calls} tool calls; send one result per call`,
      param,
    );
  }
  let out = order === 1 ? "\n\n<function_results>" : "";
  out += `\n<result>${text(message, param)}</result>`;
  if (order === calls) {
    out += `\n</function_results>\n\n${thinking && index >= lastUser ? THINK_START : THINK_END}`;
  }
  return out;
}

function renderMessage(conversation: Conversation, message: ChatMessage, index: number): string {
  const param = conversation.name(index);
  switch (message.role) {
    case "system":
      return text(message, param) + instructions(message, param);
    case "developer": {
      const content = text(message, param);
      if (content === "") throw invalid("a developer message needs content", `${param}.content`);
      const body = `${instructions(message, param)}\n\n# The user's message is: ${content}`;
      return USER + body + ASSISTANT + turnOpening(conversation, index);
    }
    case "user": {
      if (message.content === undefined || message.content === null) {
        throw invalid('a user message needs content; send "" for an empty one', `${param}.content`);
      }
      return USER + text(message, param) + ASSISTANT + turnOpening(conversation, index);
    }
    case "tool":
      return renderToolResult(conversation, message, index);
    case "assistant":
      return renderAssistant(conversation, message, index);
    default:
      throw unknownRole(message, param);
  }
}

function unknownRole(message: unknown, param: string): ChatError {
  const role = (message as { role?: unknown } | null)?.role;
  return invalid(
    `unknown role ${JSON.stringify(role) ?? "undefined"}; use system, developer, user, assistant or tool`,
    `${param}.role`,
  );
}

/**
 * Before it drops old reasoning the authors' code fails on messages that it does not know how to keep. Nothing else is
 * left to drop: reasoning before the last user message is never rendered.
 */
function checkDropped({ messages, lastUser, name }: Conversation): void {
  for (let index = 0; index < lastUser; index++) {
    const message = messages[index];
    switch (message?.role) {
      case "system":
      case "user":
      case "tool":
      case "assistant":
        break;
      case "developer":
        throw invalid(
          "a developer message before the last user message cannot be kept when thinking is dropped; " +
            "make it a system message (hoistDeveloperMessage) or set dropThinking to false",
          name(index),
        );
      default:
        throw unknownRole(message, name(index));
    }
  }
}

/** Index of the last user or developer message, -1 when there is none. */
export function findLastUserIndex(messages: readonly ChatMessage[]): number {
  return messages.findLastIndex((message) => message?.role === "user" || message?.role === "developer");
}

/**
 * Encodes a conversation as the exact prompt text of DeepSeek-V3.2, ready for a tokenizer that recognises special tokens.
 *
 * Tools and the response format sit on a system or developer message (see `attachTools`). Tool results are matched to
 * their calls by order, as in the authors' code.
 *
 * @returns the prompt; it ends where the assistant is to continue
 * @throws ChatError `invalid_message` or `invalid_arguments`, with `param` naming the message or its field.
 */
export function encodeMessages(messages: readonly ChatMessage[], options: EncodeOptions): string {
  const { conversation, skip, bos } = begin(messages, options);
  let prompt = bos;
  for (let index = skip; index < conversation.messages.length; index++) prompt += renderAt(conversation, index);
  return prompt;
}

/**
 * The prompt of {@link encodeMessages}, one part for each message. BOS belongs to the first.
 *
 * @throws ChatError as `encodeMessages`
 */
export function encodeMessageParts(messages: readonly ChatMessage[], options: EncodeOptions): string[] {
  const { conversation, skip, bos } = begin(messages, options);
  if (messages.length === 0) return [bos];
  return messages.map((_, i) => (i === 0 ? bos : "") + renderAt(conversation, skip + i));
}

function begin(messages: readonly ChatMessage[], options: EncodeOptions) {
  const { thinkingMode, context = [], dropThinking: drop = true, addDefaultBosToken = true } = options;
  if (thinkingMode !== "thinking" && thinkingMode !== "chat") {
    throw new ChatError("invalid_request", 'thinkingMode must be "thinking" or "chat"', "thinkingMode");
  }
  const all = [...context, ...messages];
  const skip = context.length;
  const conversation: Conversation = {
    messages: all,
    lastUser: findLastUserIndex(all),
    thinking: thinkingMode === "thinking",
    name: (index) => (index < skip ? `context[${index}]` : `messages[${index - skip}]`),
  };
  if (conversation.thinking && drop) checkDropped(conversation);
  return { conversation, skip, bos: addDefaultBosToken && skip === 0 ? BOS : "" };
}

function renderAt(conversation: Conversation, index: number): string {
  const message = conversation.messages[index];
  if (typeof message !== "object" || message === null) throw unknownRole(message, conversation.name(index));
  return renderMessage(conversation, message, index);
}
