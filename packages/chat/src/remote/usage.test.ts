import { expect, test } from "vitest";
import { parseUsage } from "./usage.js";

test.each([
  [
    "OpenAI's and vLLM's",
    {
      prompt_tokens: 9,
      completion_tokens: 5,
      total_tokens: 14,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
  ],
  [
    "DeepSeek's",
    {
      prompt_tokens: 9,
      completion_tokens: 5,
      prompt_cache_hit_tokens: 4,
      prompt_cache_miss_tokens: 5,
      completion_tokens_details: { reasoning_tokens: 3 },
    },
  ],
  [
    "SGLang's",
    { prompt_tokens: 9, completion_tokens: 5, reasoning_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
  ],
])("reads %s usage", (_, value) => {
  expect(parseUsage(value)).toEqual({ promptTokens: 9, completionTokens: 5, cachedTokens: 4, reasoningTokens: 3 });
});

test("what is missing or nonsense counts nothing", () => {
  const zero = { promptTokens: 0, completionTokens: 0, cachedTokens: 0, reasoningTokens: 0 };
  expect(parseUsage({ prompt_tokens_details: null, completion_tokens: "7", prompt_tokens: -1 })).toEqual(zero);
  expect(parseUsage(null)).toBeUndefined();
  expect(parseUsage(undefined)).toBeUndefined();
});
