/** Tokens -> text, token by token: a character may be spread over several. */

import type { TokenLogprob } from "@cachalot/chat";
import type { EngineTokenizer } from "./language-model.js";
import { tokenScores } from "./token-scores.js";

/** Decodes a stream of tokens. Bytes that never become a character come out as U+FFFD. */
export class TokenDecoder {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(private readonly tokenizer: Pick<EngineTokenizer, "tokenBytes">) {}

  push(token: number): string {
    return this.#decoder.decode(this.tokenizer.tokenBytes(token), { stream: true });
  }

  /** What an unfinished character at the end comes out as. */
  end(): string {
    return this.#decoder.decode();
  }
}

/**
 * What is reported of one generated token and its `k` best alternatives. `token` alone may be part of a character; its
 * bytes are exact.
 */
export function describeToken(
  tokenizer: Pick<EngineTokenizer, "tokenBytes">,
  logits: Float32Array,
  token: number,
  k: number,
): TokenLogprob {
  const describe = (id: number, logprob: number) => {
    const bytes = tokenizer.tokenBytes(id);
    return { token: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), logprob, bytes: [...bytes] };
  };
  const { logprob, top } = tokenScores(logits, token, k);
  return { id: token, ...describe(token, logprob), top: top.map((other) => describe(other.id, other.logprob)) };
}
