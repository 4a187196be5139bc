/** A byte tokenizer and language models small enough to reason about. */

import { SPECIAL_TOKENS } from "@cachalot/chat";
import type { CausalLanguageModel, EngineTokenizer, SequenceCache } from "../language-model.js";

const SPECIAL_PATTERN = new RegExp(`(${SPECIAL_TOKENS.join("|")})`);
const specialId = (token: string): number => 256 + SPECIAL_TOKENS.indexOf(token);
export const EOS_ID = specialId("<｜end▁of▁sentence｜>");
export const VOCAB_SIZE = 256 + SPECIAL_TOKENS.length;

/** One token per byte, one per special token of the chat format. */
export const byteTokenizer: EngineTokenizer = {
  vocabSize: VOCAB_SIZE,
  eosTokenId: EOS_ID,
  encode: (text) =>
    text
      .split(SPECIAL_PATTERN)
      .flatMap((part) => (SPECIAL_TOKENS.includes(part) ? [specialId(part)] : [...Buffer.from(part)])),
  tokenBytes: (id) => (id < 256 ? Uint8Array.of(id) : Buffer.from(SPECIAL_TOKENS[id - 256] ?? "")),
  tokenToId: (token) => (SPECIAL_TOKENS.includes(token) ? specialId(token) : undefined),
};

function decodeTokens(tokens: readonly number[]): string {
  return Buffer.concat(tokens.map((token) => byteTokenizer.tokenBytes(token))).toString();
}

/** Remembers the tokens themselves; counts how many caches are alive. */
export class TokenCache implements SequenceCache {
  tokens: number[] = [];
  disposed = false;

  constructor(private readonly live: Set<TokenCache>) {
    live.add(this);
  }

  get length(): number {
    return this.tokens.length;
  }

  get bytes(): number {
    return this.tokens.length * 4;
  }

  truncate(length: number): void {
    this.tokens = this.tokens.slice(0, length);
  }

  dispose(): void {
    if (this.disposed) throw new Error("disposed twice");
    this.disposed = true;
    this.live.delete(this);
  }
}

/** A model whose logits are a function of the tokens read so far. Records what it was asked to compute. */
export class TinyModel implements CausalLanguageModel<TokenCache> {
  readonly caches = new Set<TokenCache>();
  /** Lengths of prefill chunks and sizes of decode batches, in order. */
  readonly calls: { prefill?: number; decode?: number }[] = [];
  disposed = false;

  constructor(private readonly logits: (tokens: readonly number[]) => Float32Array) {}

  createCache(): TokenCache {
    return new TokenCache(this.caches);
  }

  prefill(tokens: Int32Array, cache: TokenCache): Float32Array {
    this.calls.push({ prefill: tokens.length });
    cache.tokens.push(...tokens);
    return this.logits(cache.tokens);
  }

  decode(tokens: Int32Array, caches: readonly TokenCache[]): Float32Array {
    this.calls.push({ decode: tokens.length });
    const out = new Float32Array(tokens.length * VOCAB_SIZE);
    for (const [i, cache] of caches.entries()) {
      cache.tokens.push(tokens[i]!);
      out.set(this.logits(cache.tokens), i * VOCAB_SIZE);
    }
    return out;
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** Pseudo-random logits that depend on every token before: a wrong cache shows at once. */
export function hashLogits(tokens: readonly number[]): Float32Array {
  let hash = 2166136261;
  for (const token of tokens) hash = Math.imul(hash ^ token, 16777619);
  return Float32Array.from({ length: VOCAB_SIZE }, (_, id) => {
    const mixed = Math.imul(hash ^ Math.imul(id + 1, 0x9e3779b9), 0x85ebca6b);
    // Printable letters mostly, and never the end token.
    return id === EOS_ID ? -1e9 : ((mixed >>> 8) % 1000) / 100 + (id >= 97 && id < 123 ? 3 : 0);
  });
}

/** Logits of a model that answers each prompt with `reply`, whatever the temperature. The prompt ends at `</think>` etc. */
export function replyLogits(reply: (prompt: string) => string): (tokens: readonly number[]) => Float32Array {
  return (tokens) => {
    const text = decodeTokens(tokens);
    const turn = Math.max(text.lastIndexOf("<｜Assistant｜>"), 0);
    const start = /<think>|<\/think>/.exec(text.slice(turn));
    const promptEnd = start ? turn + start.index + start[0].length : turn;
    const wanted = byteTokenizer.encode(reply(text.slice(0, promptEnd)));
    const said = byteTokenizer.encode(text.slice(0, promptEnd)).length;
    const next = wanted[tokens.length - said] ?? EOS_ID;
    return new Float32Array(VOCAB_SIZE).fill(-1e4).fill(0, next, next + 1);
  };
}
