/** A raw completions endpoint as a CompletionModel whose streams survive broken connections. */

import type { FinishReason, TokenLogprob, Usage } from "../chat-model.js";
import { BOS, EOS } from "../codec/special-tokens.js";
import type { CompletionEvent, CompletionModel, CompletionRequest } from "../completion-model.js";
import { ChatError } from "../errors.js";
import type { EndpointProfile } from "./endpoint-profile.js";
import { textLogprobs } from "./logprobs.js";
import { type Endpoint, openStream } from "./open-stream.js";
import { RecordedTokens, recordedPrompt } from "./recorded-tokens.js";
import { samplingBody } from "./request-fields.js";
import { isRetryable, type Retry, retryDelay, sleep } from "./retry.js";
import { generateRequest, readGenerated } from "./sglang-generate.js";
import { brokenConnection } from "./upstream-error.js";
import { NO_USAGE, parseUsage } from "./usage.js";

export interface CompletionEndpoint {
  endpoint: Endpoint;
  profile: EndpointProfile;
  model: string;
  contextLength: number;
  retry: Retry;
  /** Version of the weights the endpoint has now, for what is recorded. Default 0. */
  weightsVersion?: (() => number) | undefined;
}

/** One stream's choice: `{text, logprobs, finish_reason}`, with `token_ids` where they were asked for. */
interface Choice {
  text?: unknown;
  token_ids?: unknown;
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
  /** Undefined where nothing is recorded. */
  recorded: RecordedTokens | undefined;
  /** Whether the caller asked for log-probabilities. */
  reportsLogprobs: boolean;
}

const tokensOf = (progress: Progress): number => progress.usage?.completionTokens ?? progress.chunks;

function body(source: CompletionEndpoint, request: CompletionRequest, progress: Progress): Record<string, unknown> {
  const { profile, model } = source;
  const raw = profile.raw;
  let { prompt } = request;
  if (typeof prompt === "string") {
    const known = raw?.addsBos && prompt.startsWith(BOS) ? prompt.slice(BOS.length) : prompt;
    prompt = known + progress.text;
  } else if (progress.recorded) {
    prompt = [...prompt, ...progress.recorded.ids];
  }
  const maxTokens = request.maxTokens === undefined ? undefined : request.maxTokens - progress.spent;
  return {
    model,
    prompt,
    ...raw?.fields,
    ...samplingBody({ ...request, ...(maxTokens === undefined ? {} : { maxTokens }) }, profile, false),
    ...(request.topLogprobs === undefined ? {} : { logprobs: request.topLogprobs }),
    ...(progress.recorded ? { return_token_ids: true, logprobs: request.topLogprobs ?? 1 } : {}),
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
  if (Array.isArray(choice.token_ids)) {
    progress.recorded?.push(
      choice.token_ids,
      tokens.map(({ logprob }) => logprob),
    );
  }
  if (tokens.length > 0 && progress.reportsLogprobs) yield { type: "logprobs", tokens };
  progress.finish = finishReason(choice.finish_reason) ?? progress.finish;
}

function progressOf({ profile, weightsVersion }: CompletionEndpoint, request: CompletionRequest): Progress {
  const recorded = request.record
    ? new RecordedTokens(recordedPrompt(request, profile.raw?.recording, profile.name), weightsVersion?.() ?? 0)
    : undefined;
  const reportsLogprobs = request.topLogprobs !== undefined;
  return { text: "", spent: 0, chunks: 0, usage: undefined, finish: undefined, recorded, reportsLogprobs };
}

/** One attempt: what the endpoint sends until it ends or breaks. */
async function* stream(
  source: CompletionEndpoint,
  request: CompletionRequest,
  progress: Progress,
): AsyncGenerator<CompletionEvent, void, undefined> {
  const { endpoint, profile } = source;
  const wanted = body(source, request, progress);
  if (progress.recorded && profile.raw?.recording === "sglang-generate") {
    const { server, path, body: own } = generateRequest(endpoint, wanted);
    for await (const chunk of openStream(server, path, own, request.signal))
      yield* readChunk(readGenerated(chunk), progress);
    return;
  }
  for await (const chunk of openStream(endpoint, "/completions", wanted, request.signal))
    yield* readChunk(chunk, progress);
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
    const progress = progressOf(source, request);
    for (let attempt = 1; ; attempt++) {
      const before = progress.text.length;
      try {
        yield* stream(source, request, progress);
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
    if (progress.recorded) yield { type: "generated", tokens: progress.recorded.result() };
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
    if (text !== "" && typeof request.prompt !== "string" && !progress.recorded) {
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
