/** Small pieces of OpenAI's response objects. */

import { randomBytes } from "node:crypto";
import type { TokenLogprob, Usage } from "@cachalot/chat";

/** `chatcmpl-…`, `cmpl-…`. */
export function createId(prefix: string): string {
  return `${prefix}-${randomBytes(16).toString("hex")}`;
}

/** Seconds since 1970. */
export function unixTime(): number {
  return Math.floor(Date.now() / 1000);
}

/** Usage of a request with several choices of one prompt: the prompt counts once. */
export function totalUsage(choices: readonly Usage[]): Usage {
  const sum = (key: "completionTokens" | "reasoningTokens"): number =>
    choices.reduce((total, usage) => total + usage[key], 0);
  return {
    promptTokens: choices[0]?.promptTokens ?? 0,
    completionTokens: sum("completionTokens"),
    reasoningTokens: sum("reasoningTokens"),
    cachedTokens: choices[0]?.cachedTokens ?? 0,
  };
}

export function wireUsage(usage: Usage) {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

/** JSON has no infinities: a token the sampler can never draw is reported as OpenAI does. */
const finite = (logprob: number): number => Math.max(logprob, -9999);

/** `logprobs` of a chat choice: every generated token in order, reasoning and tool-call markup included. */
export function wireChatLogprobs(tokens: readonly TokenLogprob[]) {
  return {
    content: tokens.map(({ token, logprob, bytes, top }) => ({
      token,
      logprob: finite(logprob),
      bytes,
      top_logprobs: top.map((other) => ({ ...other, logprob: finite(other.logprob) })),
    })),
    refusal: null,
  };
}

/** `logprobs` of a text completion. `text_offset` counts from `offset`, in UTF-16 units. */
export function wireTextLogprobs(tokens: readonly TokenLogprob[], offset: number) {
  const offsets: number[] = [];
  for (const { token } of tokens) {
    offsets.push(offset);
    offset += token.length;
  }
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => finite(logprob)),
    top_logprobs: tokens.map(({ top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, finite(logprob)])),
    ),
    text_offset: offsets,
  };
}
