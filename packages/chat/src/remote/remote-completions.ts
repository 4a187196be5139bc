/** A raw completions endpoint as a CompletionModel whose streams survive broken connections. */

import type { FinishReason, TokenLogprob, Usage } from "../chat-model.js";
import { BOS, EOS } from "../codec/special-tokens.js";
import type { CompletionEvent, CompletionModel, CompletionRequest } from "../completion-model.js";
import { ChatError } from "../errors.js";
import type { EndpointProfile } from "./endpoint-profile.js";
import { textLogprobs } from "./logprobs.js";
import { type Endpoint, openStream } from "./open-stream.js";
import { samplingBody } from "./request-fields.js";
import { isRetryable, type Retry, retryDelay, sleep } from "./retry.js";
import { brokenConnection } from "./upstream-error.js";
import { NO_USAGE, parseUsage } from "./usage.js";

export interface CompletionEndpoint {
  endpoint: Endpoint;
  profile: EndpointProfile;
  model: string;
  contextLength: number;
  retry: Retry;
}

/** One stream's choice: `{text, logprobs, finish_reason}`. */
interface Choice {
  text?: unknown;
  logprobs?: unknown;
  finish_reason?: unknown;
}

/** What came of a request over all its streams. */
interface Progress {
  text: string;
  /** Tokens of finished or broken streams before this one. */
  spent: number;
  /** Chunks with text in this stream: tokens, where the endpoint does not count. */
  chunks: number;
  /** This stream's usage so far. */
  usage: Usage | undefined;
  finish: Exclude<FinishReason, "tool_calls"> | undefined;
}

const tokensOf = (progress: Progress): number => progress.usage?.completionTokens ?? progress.chunks;

function body(source: CompletionEndpoint, request: CompletionRequest, progress: Progress): object {
  const { profile, model } = source;
  const raw = profile.raw;
  let { prompt } = request;
  if (typeof prompt === "string") {
    const known = raw?.addsBos && prompt.startsWith(BOS) ? prompt.slice(BOS.length) : prompt;
    prompt = known + progress.text;
  }
  const maxTokens = request.maxTokens === undefined ? undefined : request.maxTokens - progress.spent;
  return {
    model,
    prompt,
    ...raw?.fields,
    ...samplingBody({ ...request, ...(maxTokens === undefined ? {} : { maxTokens }) }, profile, false),
    ...(request.topLogprobs === undefined ? {} : { logprobs: request.topLogprobs }),
    stream: true,
    ...(profile.asksForUsage
      ? { stream_options: { include_usage: true, ...(raw?.continuousUsage ? { continuous_usage_stats: true } : {}) } }
      : {}),
  };
}

function finishReason(value: unknown): Progress["finish"] {
  if (value === "length" || value === "content_filter") return value;
  if (value === "abort") throw brokenConnection("The endpoint aborted the completion; send the request again");
  return typeof value === "string" ? "stop" : undefined;
}

function* readChunk(chunk: Record<string, unknown>, progress: Progress): Generator<CompletionEvent> {
  progress.usage = parseUsage(chunk.usage) ?? progress.usage;
  const choice = (Array.isArray(chunk.choices) ? chunk.choices[0] : undefined) as Choice | undefined;
  if (choice === undefined || choice === null) return;
  if (typeof choice.text === "string" && choice.text !== "") {
    progress.chunks++;
    progress.text += choice.text;
    yield { type: "text", delta: choice.text };
  }
  const tokens: TokenLogprob[] = textLogprobs(choice.logprobs);
  if (tokens.length > 0) yield { type: "logprobs", tokens };
  progress.finish = finishReason(choice.finish_reason) ?? progress.finish;
}

/** Usage over all streams: what earlier ones generated is in the prompt of the last. */
function totalUsage(progress: Progress): Usage {
  const last = progress.usage ?? { ...NO_USAGE, completionTokens: progress.chunks };
  return {
    ...last,
    promptTokens: Math.max(0, last.promptTokens - progress.spent),
    completionTokens: last.completionTokens + progress.spent,
  };
}

/**
 * Text completions over HTTP. A stream that breaks is continued by sending the prompt with the text so far, so that no
 * text is repeated; `resumed` and `retried` repairs tell. Attempts count anew after each progress.
 *
 * @throws (from `complete`) ChatError for what the endpoint refuses, and for failures that outlast the retries.
 */
export function createRemoteCompletions(source: CompletionEndpoint): CompletionModel {
  const { endpoint, model, contextLength, retry } = source;

  async function* complete(request: CompletionRequest): AsyncGenerator<CompletionEvent, void, undefined> {
    const { signal } = request;
    const progress: Progress = { text: "", spent: 0, chunks: 0, usage: undefined, finish: undefined };
    for (let attempt = 1; ; attempt++) {
      const before = progress.text.length;
      try {
        for await (const chunk of openStream(endpoint, "/completions", body(source, request, progress), signal)) {
          yield* readChunk(chunk, progress);
        }
        if (progress.finish === undefined && !signal?.aborted) {
          throw brokenConnection(`${endpoint.baseUrl} ended the stream early; send the request again`);
        }
      } catch (error) {
        if (progress.text.endsWith(EOS)) progress.finish ??= "stop";
        // Else what matters has arrived: only the usage may be missing.
        if (progress.finish === undefined) {
          if (progress.text.length > before) attempt = 1;
          yield await recover(error, attempt, request, progress);
        }
      }
      if (request.maxTokens !== undefined && progress.spent >= request.maxTokens) progress.finish ??= "length";
      if (progress.finish !== undefined || signal?.aborted) break;
    }
    yield { type: "usage", usage: totalUsage(progress) };
    yield { type: "finish", reason: signal?.aborted ? "aborted" : (progress.finish ?? "stop") };
  }

  /** Waits before the next attempt. @throws the error when there is to be none. */
  async function recover(
    error: unknown,
    attempt: number,
    request: CompletionRequest,
    progress: Progress,
  ): Promise<CompletionEvent> {
    const { text } = progress;
    if (!isRetryable(error) || attempt >= retry.maxAttempts) throw error;
    if (text !== "" && typeof request.prompt !== "string") {
      throw new ChatError("upstream", `${error.message} (a prompt of token ids cannot be continued; send it as text)`);
    }
    progress.spent += tokensOf(progress);
    progress.chunks = 0;
    progress.usage = undefined;
    await sleep(retryDelay(retry, attempt, error.upstream?.retryAfterMs), request.signal);
    return text === ""
      ? { type: "repair", kind: "retried", description: `sent the request again: ${error.message}` }
      : { type: "repair", kind: "resumed", description: `continued after ${text.length} characters: ${error.message}` };
  }

  return { id: model, contextLength, complete };
}
