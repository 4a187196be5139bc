/** A chat endpoint as a ChatModel: the host renders the prompt and parses the answer, and both are checked here. */

import type { ChatEvent, ChatModel, FinishReason, GenerateRequest, Usage } from "../chat-model.js";
import { ChatError } from "../errors.js";
import { withoutFence } from "../json-answer.js";
import { callOptions } from "../prompt/offered-calls.js";
import { chatBody } from "./chat-body.js";
import { ChatDecoder } from "./chat-decoder.js";
import { chatLogprobs } from "./logprobs.js";
import { openStream } from "./open-stream.js";
import type { CompletionEndpoint } from "./remote-completions.js";
import { isRetryable, retryDelay, sleep } from "./retry.js";
import { brokenConnection } from "./upstream-error.js";
import { NO_USAGE, parseUsage } from "./usage.js";

/** What came of one request. */
interface Attempt {
  decoder: ChatDecoder;
  usage: Usage | undefined;
  /** The endpoint's word for why it ended. */
  finish: string | undefined;
  /** Characters handed on: from then on a second attempt would repeat text. */
  delivered: number;
  /** Whether there was an answer at all. */
  hasChoice: boolean;
}

interface Choice {
  delta?: unknown;
  /** In place of `delta` where the endpoint did not stream. */
  message?: unknown;
  logprobs?: unknown;
  finish_reason?: unknown;
}

function* readChunk(chunk: Record<string, unknown>, attempt: Attempt): Generator<ChatEvent> {
  attempt.usage = parseUsage(chunk.usage) ?? attempt.usage;
  const choice = (Array.isArray(chunk.choices) ? chunk.choices[0] : undefined) as Choice | undefined | null;
  if (choice === undefined || choice === null) return;
  attempt.hasChoice = true;
  const delta = choice.delta ?? choice.message;
  if (typeof delta === "object" && delta !== null) yield* attempt.decoder.push(delta as Record<string, unknown>);
  const tokens = chatLogprobs(choice.logprobs);
  if (tokens.length > 0) yield { type: "logprobs", tokens };
  if (typeof choice.finish_reason === "string") attempt.finish = choice.finish_reason;
  // DeepSeek's word for an answer it broke off.
  if (attempt.finish === "insufficient_system_resource" || attempt.finish === "abort") {
    attempt.finish = undefined;
    throw brokenConnection("The endpoint broke the answer off for want of resources; send the request again");
  }
}

const weight = (event: ChatEvent): number => {
  if (event.type === "tool-call") return event.name.length;
  return "delta" in event ? event.delta.length : 0;
};

function brokenAfter(delivered: number, error: ChatError): ChatError {
  const what = `${error.message} (${delivered} characters had been delivered, so it was not repeated;`;
  return new ChatError(error.code, `${what} send the request again, or use raw mode, which continues broken streams)`);
}

/**
 * Chat completions over HTTP. Failures before any text are retried; later ones are errors, since an answer cannot be
 * continued from the middle here.
 *
 * @throws (from `generate`) ChatError for what the endpoint refuses, and for failures that outlast the retries.
 */
export function createMessagesModel(source: CompletionEndpoint): ChatModel {
  const { endpoint, profile, model, contextLength, retry } = source;

  async function* generate(request: GenerateRequest): AsyncGenerator<ChatEvent, void, undefined> {
    const { signal } = request;
    const body = chatBody(request, model, profile);
    const thinking = (request.thinkingMode ?? "thinking") === "thinking";
    const decoding = {
      reasoningIn: profile.reasoningIn,
      holdReasoning: thinking && profile.relabelsAfterToolResults && request.messages.at(-1)?.role === "tool",
      wantsJson: thinking && body.response_format !== undefined,
      calls: callOptions(request),
    };
    for (let number = 1; ; number++) {
      const decoder = new ChatDecoder(decoding);
      const attempt: Attempt = { decoder, usage: undefined, finish: undefined, delivered: 0, hasChoice: false };
      try {
        for await (const event of withoutFence(request, stream(body, attempt, request))) {
          attempt.delivered += weight(event);
          yield event;
        }
        return;
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (attempt.delivered > 0) throw brokenAfter(attempt.delivered, error);
        if (number >= retry.maxAttempts) throw error;
        yield { type: "repair", kind: "retried", description: `sent the request again: ${error.message}` };
        await sleep(retryDelay(retry, number, error.upstream?.retryAfterMs), signal);
      }
    }
  }

  async function* stream(body: object, attempt: Attempt, request: GenerateRequest): AsyncGenerator<ChatEvent> {
    const { signal } = request;
    try {
      const chunks = openStream(endpoint, "/chat/completions", body, signal);
      for (;;) {
        const { done, value } = await chunks.next();
        if (!done) yield* readChunk(value, attempt);
        else {
          // `[DONE]` without a reason: the endpoint ended on purpose.
          if (value) attempt.finish ??= "stop";
          break;
        }
      }
    } catch (error) {
      if (attempt.finish === undefined) throw error;
    }
    if (!signal?.aborted) {
      if (attempt.finish === undefined) {
        throw brokenConnection(`${endpoint.baseUrl} ended the stream early; send the request again`);
      }
      if (!attempt.hasChoice) throw new ChatError("upstream", `${endpoint.baseUrl} ${NO_CHOICES}`);
    }
    const reason = finishReason(attempt, signal?.aborted === true);
    yield* attempt.decoder.end({ cut: cutOf(reason, attempt, request) });
    if (reason === "stop" && attempt.decoder.isEmpty) {
      const description = "the endpoint ended the message after its reasoning, without an answer";
      yield { type: "repair", kind: "empty-answer", description };
    }
    yield { type: "usage", usage: attempt.usage ?? NO_USAGE };
    yield { type: "finish", reason: reason === "stop" && attempt.decoder.hasWholeCalls ? "tool_calls" : reason };
  }

  return { id: model, contextLength, generate };
}

const NO_CHOICES = "sent no choices in its answer; is it an OpenAI-compatible endpoint?";

function finishReason({ finish }: Attempt, aborted: boolean): FinishReason {
  if (aborted) return "aborted";
  return finish === "length" || finish === "content_filter" ? finish : "stop";
}

/** Endpoints say "stop" for the end token and for a stop string: where one was asked for it may have cut a call. */
function cutOf(reason: FinishReason, { finish }: Attempt, { stop }: GenerateRequest): "length" | "stop" | undefined {
  if (reason !== "stop") return "length";
  return finish === "stop" && stop !== undefined && stop.length > 0 ? "stop" : undefined;
}
