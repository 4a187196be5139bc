/** Request fields that chat and text completions share. */

import type { SamplingOptions } from "@cachalot/chat";
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

/** Fields of other servers that change what is generated: refusing is honest, ignoring is not. */
const UNSUPPORTED = ["min_p", "repetition_penalty", "suffix", "functions", "function_call", "audio", "prediction"];

/** @throws ApiError 400 `unsupported_parameter` for a field that asks for something this server does not do. */
export function refuseUnsupported(body: Record<string, unknown>, fields: SamplingFields): void {
  for (const name of UNSUPPORTED) {
    if (body[name] !== undefined && body[name] !== null) throw unsupported(name, `${name} is not supported; remove it`);
  }
  for (const name of ["presence_penalty", "frequency_penalty"] as const) {
    if (fields[name]) throw unsupported(name, `${name} is not supported; remove it or send 0`);
  }
  if (Object.keys(fields.logit_bias ?? {}).length > 0) {
    throw unsupported("logit_bias", "logit_bias is not supported; remove it");
  }
  if (fields.stream_options && !fields.stream) {
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
