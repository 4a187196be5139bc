/** A deterministic model that says what a script tells it to: agents and servers are tested with it, offline. */

import type { ChatEvent, ChatModel, FinishReason, GenerateRequest } from "./chat-model.js";
import { encodeMessages } from "./codec/encode-messages.js";
import { ChatError } from "./errors.js";
import { refuseForcedCalls } from "./prompt/offered-calls.js";
import { attachTools, hoistDeveloperMessage } from "./prompt/prepare-messages.js";

export interface ScriptedTurn {
  reasoning?: string;
  content?: string;
  /** Arguments as JSON text (kept exactly) or as data. */
  toolCalls?: readonly { name: string; arguments: string | Record<string, unknown>; id?: string }[];
  /** Default: `tool_calls` when there are calls, else `stop`. */
  finishReason?: FinishReason;
  /** Thrown after the turn's text, instead of finishing: a failing upstream. */
  error?: Error;
}

/** Decides the next turn from the request: a scripted policy. `index` counts the model's turns from 0. */
export type ScriptedPolicy = (request: GenerateRequest, index: number) => ScriptedTurn | string;

export interface ScriptedModelOptions {
  /** Default "scripted". */
  id?: string;
  /** The turns in order (a string is a turn of content only), or a policy. */
  turns: readonly (ScriptedTurn | string | ScriptedPolicy)[] | ScriptedPolicy;
  /** In the model's own tokens, of four characters. Default 131072. */
  contextLength?: number;
}

export interface ScriptedModel extends ChatModel {
  /** The requests so far, messages as they were at the time. */
  readonly requests: readonly GenerateRequest[];
}

const countTokens = (text: string): number => Math.ceil(text.length / 4);

/** Pieces of a few characters, so that consumers meet deltas that split words and pairs of them. */
function* pieces(text: string): Generator<string> {
  for (const piece of text.match(/\s*\S{1,8}|\s+/gu) ?? []) yield piece;
}

/**
 * A scripted `ChatModel`. It encodes every request like a real one, so a conversation the codec refuses fails here too,
 * and counts a prompt's tokens as four characters each. Call ids are `call_<turn>_<index>` unless the script names them.
 *
 * @throws (from `generate`) ChatError `invalid_request` when the script has no turn left.
 */
export function createScriptedModel({
  id = "scripted",
  turns,
  contextLength = 131_072,
}: ScriptedModelOptions): ScriptedModel {
  const requests: GenerateRequest[] = [];

  function nextTurn(request: GenerateRequest): { turn: ScriptedTurn; index: number } {
    const index = requests.length;
    const entry = typeof turns === "function" ? turns : turns[index];
    if (entry === undefined) {
      throw new ChatError("invalid_request", `The script of ${id} has no turn ${index}; add one to its turns`);
    }
    requests.push({ ...request, messages: structuredClone(request.messages) });
    const turn = typeof entry === "function" ? entry(request, index) : entry;
    return { turn: typeof turn === "string" ? { content: turn } : turn, index };
  }

  async function* generate(request: GenerateRequest): AsyncGenerator<ChatEvent> {
    refuseForcedCalls(request);
    const thinkingMode = request.thinkingMode ?? "thinking";
    const messages = attachTools(hoistDeveloperMessage(request.messages), request);
    const promptTokens = countTokens(encodeMessages(messages, { thinkingMode }));
    if (promptTokens > contextLength) {
      throw new ChatError(
        "context_length_exceeded",
        `The prompt has ${promptTokens} tokens, the context ${contextLength}; send fewer messages`,
        "messages",
      );
    }
    const { turn, index } = nextTurn(request);
    let characters = 0;
    let reasoningCharacters = 0;
    let reason: FinishReason = turn.finishReason ?? (turn.toolCalls?.length ? "tool_calls" : "stop");
    for (const event of turnEvents(turn, index)) {
      if (request.signal?.aborted) {
        reason = "aborted";
        break;
      }
      if ("delta" in event) characters += event.delta.length;
      if (event.type === "reasoning") reasoningCharacters += event.delta.length;
      yield event;
    }
    if (turn.error !== undefined && reason !== "aborted") throw turn.error;
    yield {
      type: "usage",
      usage: {
        promptTokens,
        completionTokens: Math.ceil(characters / 4),
        reasoningTokens: Math.ceil(reasoningCharacters / 4),
        cachedTokens: 0,
      },
    };
    yield { type: "finish", reason };
  }

  return { id, contextLength, requests, generate };
}

function* turnEvents(turn: ScriptedTurn, turnIndex: number): Generator<ChatEvent> {
  for (const delta of pieces(turn.reasoning ?? "")) yield { type: "reasoning", delta };
  for (const delta of pieces(turn.content ?? "")) yield { type: "content", delta };
  for (const [index, call] of (turn.toolCalls ?? []).entries()) {
    yield { type: "tool-call", index, id: call.id ?? `call_${turnIndex}_${index}`, name: call.name };
    const text = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
    for (const delta of pieces(text)) yield { type: "tool-call-arguments", index, delta };
  }
}
