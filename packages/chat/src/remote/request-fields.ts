/** Sampling options -> the fields of a request, as far as a profile's host knows them. */

import type { SamplingOptions } from "../chat-model.js";
import { ChatError } from "../errors.js";
import type { EndpointProfile } from "./endpoint-profile.js";

/** What sampling options are called in a request. */
export const WIRE_NAMES = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  seed: "seed",
  stop: "stop",
  maxTokens: "max_tokens",
  topLogprobs: "top_logprobs",
} as const satisfies Record<keyof SamplingOptions, string>;

const NAMES = Object.keys(WIRE_NAMES) as (keyof SamplingOptions)[];

function refuse(profile: EndpointProfile, name: keyof SamplingOptions, thinking: boolean): ChatError {
  const when = thinking ? " while the model thinks; turn thinking off, or" : ";";
  return new ChatError(
    "invalid_request",
    `${WIRE_NAMES[name]} is not supported by a ${profile.name} endpoint${when} remove it`,
    WIRE_NAMES[name],
  );
}

/**
 * The sampling fields of a request, the authors' defaults (temperature 1, top_p 0.95) included, since a host's own
 * differ. `topLogprobs` is left to the caller: chat and text requests spell it differently.
 *
 * @throws ChatError `invalid_request` for an option the host refuses.
 */
export function samplingBody(
  options: SamplingOptions,
  profile: EndpointProfile,
  thinking: boolean,
): Record<string, unknown> {
  const given: SamplingOptions = { temperature: 1, topP: 0.95, ...definedOnly(options) };
  const body: Record<string, unknown> = {};
  for (const name of NAMES) {
    const value = given[name];
    if (value === undefined) continue;
    const neutral = (name === "topK" && value === 0) || (name === "stop" && (value as readonly string[]).length === 0);
    if (neutral) continue;
    if (profile.refused.includes(name)) throw refuse(profile, name, false);
    if (thinking && profile.refusedThinking.includes(name)) throw refuse(profile, name, true);
    if (name === "topLogprobs" || (thinking && profile.ignoredThinking.includes(name))) continue;
    body[WIRE_NAMES[name]] = value;
  }
  return body;
}

function definedOnly(options: SamplingOptions): SamplingOptions {
  return Object.fromEntries(NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
