/** Request fields that chat and text completions share. */

import { refusedField, type SamplingOptions, type ServedApi } from "@cachalot/chat";
import * as z from "zod";
import { badRequest, unsupported } from "./api-error.js";

/** Most choices one request may ask for. */
const MAX_CHOICES = 16;
const MAX_STOPS = 16;
const MAX_STOP_LENGTH = 1000;
const MAX_TOKENS = 1 << 20;

const stopString = z.string().min(1, "expected a non-empty string").max(MAX_STOP_LENGTH);
const stopStrings = z.custom<string[]>(
  (value) =>
    Array.isArray(value) && value.length <= MAX_STOPS && value.every((stop) => stopString.safeParse(stop).success),
);
const maxTokens = z.int().min(1).max(MAX_TOKENS);

/** `null` means the default everywhere, as in OpenAI's API. */
export const samplingFields = {
  model: z.string().min(1, "expected a model's name").nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(-1).max(1_000_000).nullish(),
  seed: z.int().nullish(),
  stop: z
    .union([stopString, stopStrings], {
      error: `expected a string or at most ${MAX_STOPS} strings, none empty or longer than ${MAX_STOP_LENGTH}`,
    })
    .nullish(),
  n: z.int().min(1).max(MAX_CHOICES).nullish(),
  max_tokens: maxTokens.nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.custom<object>((value) => typeof value === "object" && value !== null, "expected an object").nullish(),
};

const samplingSchema = z.looseObject(samplingFields);
export type SamplingFields = z.infer<typeof samplingSchema>;

/**
 * @throws ApiError 400 `unsupported_parameter` for a field that asks for something this server does not do, or that it does
 * not know.
 */
export function refuseUnsupported(api: ServedApi, body: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(body)) {
    const refusal = refusedField(api, name, value);
    if (refusal !== undefined) throw unsupported(name.slice(0, 100), refusal);
  }
  if (body.stream_options && !body.stream) {
    throw badRequest("stream_options is only allowed with stream: true; remove it", "stream_options");
  }
}

/** The options of one choice. Choices of a seeded request differ by their index. */
export function samplingOptions(
  fields: SamplingFields,
  maxTokens: number | undefined,
  choice: number,
): SamplingOptions {
  const { temperature, top_p, top_k, seed, stop } = fields;
  return {
    ...(temperature == null ? {} : { temperature }),
    ...(top_p == null ? {} : { topP: top_p }),
    ...(top_k == null ? {} : { topK: Math.max(0, top_k) }),
    ...(seed == null ? {} : { seed: seed + choice }),
    ...(stop == null ? {} : { stop: typeof stop === "string" ? [stop] : stop }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}
