/**
 * Which fields of a request `cachalot serve` takes. A field that changes what is generated and is not honoured is refused,
 * by name; so is one nobody here knows, as it may be one of those.
 */

export type ServedApi = "chat" | "completions";

const SAMPLING = [
  "model",
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "stop",
  "n",
  "max_tokens",
  "stream",
  "stream_options",
];
const HONOURED: Readonly<Record<ServedApi, ReadonlySet<string>>> = {
  chat: new Set([
    ...SAMPLING,
    "messages",
    "max_completion_tokens",
    "logprobs",
    "top_logprobs",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "reasoning_effort",
    "thinking",
    "enable_thinking",
    "chat_template_kwargs",
  ]),
  completions: new Set([...SAMPLING, "prompt", "echo", "logprobs", "best_of", "return_token_ids"]),
};

/** They say who asks and how to cache or bill, and change nothing of the answer. */
export const LABELS = ["user", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"] as const;
const HARMLESS: ReadonlySet<string> = new Set([
  ...[...LABELS, "store", "service_tier", "request_id"],
  // Tokens are put together as they are.
  "spaces_between_special_tokens",
]);

/** Fields that are not honoured, with the one value that asks for nothing. */
const NEUTRAL: Readonly<Record<string, unknown>> = {
  presence_penalty: 0,
  frequency_penalty: 0,
  repetition_penalty: 1,
  length_penalty: 1,
  typical_p: 1,
  min_p: 0,
  min_tokens: 0,
  priority: 0,
  best_of: 1,
  verbosity: "medium",
  echo: false,
  ignore_eos: false,
  use_beam_search: false,
  continue_final_message: false,
  add_special_tokens: false,
  include_stop_str_in_output: false,
  return_token_ids: false,
  return_tokens_as_token_ids: false,
  add_generation_prompt: true,
  include_reasoning: true,
  separate_reasoning: true,
  stream_reasoning: true,
  logit_bias: {},
  modalities: ["text"],
  functions: [],
  stop_token_ids: [],
  bad_words: [],
  documents: [],
};
/** Fields that ask for something whatever their value. */
const REFUSED: ReadonlySet<string> = new Set([
  ...["function_call", "audio", "prediction", "suffix", "structured_outputs", "guided_json", "guided_regex"],
  ...[
    "guided_choice",
    "guided_grammar",
    "grammar",
    "json_schema",
    "regex",
    "ebnf",
    "allowed_token_ids",
    "dry_multiplier",
  ],
  ...["xtc_probability", "web_search_options", "chat_template", "logprobs_mode", "thinking_budget"],
]);

/**
 * Why a field of a request is not taken; undefined when it is. `null` asks for nothing anywhere, as in OpenAI's API.
 */
export function refusedField(api: ServedApi, name: string, value: unknown): string | undefined {
  // What every object has is no field of anyone's.
  if (value === undefined || value === null || name in Object.prototype) return undefined;
  if (HONOURED[api].has(name) || HARMLESS.has(name)) return undefined;
  if (name === "skip_special_tokens") {
    // A chat answer has none; a raw one has them as text.
    return api === "chat" || value === false
      ? undefined
      : "skip_special_tokens is not supported; remove it or send false";
  }
  const shown = JSON.stringify(name).slice(1, 101).replace(/"$/, "");
  if (Object.hasOwn(NEUTRAL, name)) {
    const neutral = JSON.stringify(NEUTRAL[name]);
    if (JSON.stringify(value) === neutral) return undefined;
    return `${shown} is not supported; remove it or send ${neutral}`;
  }
  if (REFUSED.has(name)) return `${shown} is not supported; remove it`;
  return `${shown} is no field of this API, and may change the answer elsewhere; remove it`;
}
