/** Tokens -> text, token by token: a character may be spread over several. */

import type { TokenLogprob } from "@cachalot/chat";
import type { EngineTokenizer } from "./language-model.js";
import type { TokenScores } from "./sampler.js";

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
 * What is reported of one generated token and its best alternatives. `token` alone may be part of a character; its bytes are
 * exact.
 */
export function describeToken(
  tokenizer: Pick<EngineTokenizer, "tokenBytes">,
  token: number,
  { logprob, top }: TokenScores,
): TokenLogprob {
  const describe = (id: number, own: number) => {
    const bytes = tokenizer.tokenBytes(id);
    return { token: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), logprob: own, bytes: [...bytes] };
  };
  return { id: token, ...describe(token, logprob), top: top.map((other) => describe(other.id, other.logprob)) };
}
