/** Log-probabilities as endpoints report them -> {@link TokenLogprob}. */

import type { TokenLogprob } from "../chat-model.js";

type Fields = Record<string, unknown>;

const encoder = new TextEncoder();
const bytesOf = (token: string): number[] => [...encoder.encode(token)];
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

function entry(value: unknown): { token: string; logprob: number; bytes: number[] } | undefined {
  if (!isFields(value) || typeof value.token !== "string" || typeof value.logprob !== "number") return undefined;
  const { token, logprob, bytes } = value;
  return { token, logprob, bytes: Array.isArray(bytes) ? (bytes as number[]) : bytesOf(token) };
}

/** A chat choice's `logprobs`. */
export function chatLogprobs(value: unknown): TokenLogprob[] {
  if (!isFields(value) || !Array.isArray(value.content)) return [];
  return value.content.flatMap((item: unknown) => {
    const token = entry(item);
    if (token === undefined) return [];
    const top = isFields(item) && Array.isArray(item.top_logprobs) ? item.top_logprobs : [];
    return [{ ...token, top: top.map(entry).filter((other) => other !== undefined) }];
  });
}

/** A text choice's `logprobs`. */
export function textLogprobs(value: unknown): TokenLogprob[] {
  if (!isFields(value) || !Array.isArray(value.tokens) || !Array.isArray(value.token_logprobs)) return [];
  const logprobs = value.token_logprobs as unknown[];
  const tops = Array.isArray(value.top_logprobs) ? (value.top_logprobs as unknown[]) : [];
  return (value.tokens as unknown[]).flatMap((token, i) => {
    const logprob = logprobs[i];
    if (typeof token !== "string" || typeof logprob !== "number") return [];
    const top = Object.entries(isFields(tops[i]) ? tops[i] : {}).flatMap(([other, p]) =>
      typeof p === "number" ? [{ token: other, logprob: p, bytes: bytesOf(other) }] : [],
    );
    return [{ token, logprob, bytes: bytesOf(token), top }];
  });
}
