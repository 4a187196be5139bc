/** Token counts as endpoints report them -> {@link Usage}. */

import type { Usage } from "../chat-model.js";

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

const count = (...candidates: unknown[]): number => {
  const found = candidates.find((value) => typeof value === "number" && Number.isFinite(value) && value >= 0);
  return typeof found === "number" ? found : 0;
};

/**
 * OpenAI's shape, DeepSeek's (`prompt_cache_hit_tokens`) and SGLang's (`reasoning_tokens` beside the others). What is
 * not reported is 0. Undefined when there is no usage at all.
 */
export function parseUsage(value: unknown): Usage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const usage = value as Fields;
  const prompt = fields(usage.prompt_tokens_details);
  const completion = fields(usage.completion_tokens_details);
  return {
    promptTokens: count(usage.prompt_tokens),
    completionTokens: count(usage.completion_tokens),
    reasoningTokens: count(completion.reasoning_tokens, usage.reasoning_tokens),
    cachedTokens: count(prompt.cached_tokens, usage.prompt_cache_hit_tokens),
  };
}

export const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };
