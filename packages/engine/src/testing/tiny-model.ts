import type { RoutingRecord } from "@cachalot/model";
/** A byte tokenizer and language models small enough to reason about. */

import { type RecordOptions, SPECIAL_TOKENS } from "@cachalot/chat";
import { createDevice, type Tensor } from "@cachalot/tensor";
import type {
  BlockPool,
  CausalLanguageModel,
  EngineTokenizer,
  ForwardResult,
  SequenceCache,
  SequenceInput,
} from "../language-model.js";

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

/** Blocks that remember the tokens written to them, so that a block shared by mistake shows. */
export class TinyPool implements BlockPool {
  readonly blockSize = 4;
  readonly #blocks: { users: number; tokens: number[] }[] = [];

  constructor(readonly limit = 10_000) {}

  get used(): number {
    return this.#blocks.filter(({ users }) => users > 0).length;
  }

  get free(): number {
    return this.limit - this.used;
  }

  get usedBytes(): number {
    return this.#blocks.length;
  }

  get limitBytes(): number {
    return this.limit;
  }

  take(tokens: readonly number[] = []): number {
    if (this.free <= 0) throw new Error("cache full");
    const idle = this.#blocks.findIndex(({ users }) => users === 0);
    const block = idle === -1 ? this.#blocks.length : idle;
    this.#blocks[block] = { users: 1, tokens: [...tokens] };
    return block;
  }

  tokensOf(block: number): number[] {
    return this.#blocks[block]!.tokens;
  }

  usersOf(block: number): number {
    return this.#blocks[block]!.users;
  }

  retain(block: number): void {
    this.#blocks[block]!.users++;
  }

  release(block: number): void {
    if (--this.#blocks[block]!.users < 0) throw new Error("released twice");
  }
}

/** The tokens of a sequence, in blocks. */
export class TokenCache implements SequenceCache {
  readonly blocks: number[];
  disposed = false;

  constructor(
    private readonly pool: TinyPool,
    prefix: readonly number[],
    private readonly live: Set<TokenCache>,
  ) {
    this.blocks = [...prefix];
    for (const block of prefix) pool.retain(block);
    live.add(this);
  }

  get tokens(): number[] {
    return this.blocks.flatMap((block) => this.pool.tokensOf(block));
  }

  get length(): number {
    return this.tokens.length;
  }

  push(token: number): void {
    const { pool } = this;
    const last = this.blocks.at(-1);
    if (last === undefined || pool.tokensOf(last).length === pool.blockSize) this.blocks.push(pool.take([token]));
    else if (pool.usersOf(last) === 1) pool.tokensOf(last).push(token);
    else throw new Error("a shared block was written");
  }

  truncate(length: number): void {
    const { pool } = this;
    const kept = Math.ceil(length / pool.blockSize);
    for (const block of this.blocks.splice(kept)) pool.release(block);
    const last = this.blocks.at(-1);
    if (last !== undefined) pool.tokensOf(last).length -= this.length - length;
  }

  dispose(): void {
    if (this.disposed) throw new Error("disposed twice");
    this.disposed = true;
    this.live.delete(this);
    for (const block of this.blocks.splice(0)) this.pool.release(block);
  }
}

/** A model whose logits are a function of the tokens read so far. Records what it was asked to compute. */
export class TinyModel implements CausalLanguageModel<TokenCache> {
  readonly caches = new Set<TokenCache>();
  readonly blocks: TinyPool;
  /** How many tokens of each sequence every forward pass read. */
  readonly calls: number[][] = [];
  disposed = false;
  readonly device = createDevice("reference");

  constructor(
    private readonly logits: (tokens: readonly number[]) => Float32Array,
    blockLimit?: number,
  ) {
    this.blocks = new TinyPool(blockLimit);
  }

  createCache(_capacity: number, prefix: readonly number[] = []): TokenCache {
    return new TokenCache(this.blocks, prefix, this.caches);
  }

  async forward(inputs: readonly SequenceInput<TokenCache>[]): Promise<ForwardResult> {
    const logits = inputs.flatMap(({ cache, tokens, scored }) => {
      const all = [...cache.tokens, ...tokens];
      return Array.from({ length: scored }, (_, i) => this.logits(all.slice(0, all.length - scored + 1 + i)));
    });
    const records = inputs.map(({ cache, tokens, record }) => this.#record(cache.length, tokens, record));
    this.calls.push(inputs.map(({ tokens }) => tokens.length));
    for (const { cache, tokens } of inputs) for (const token of tokens) cache.push(token);
    return { logits: this.logitsOf(logits), records };
  }

  protected logitsOf(rows: readonly Float32Array[]): Tensor | undefined {
    if (rows.length === 0) return undefined;
    const out = new Float32Array(rows.length * VOCAB_SIZE);
    for (const [i, row] of rows.entries()) out.set(row, i * VOCAB_SIZE);
    return this.device.from("f32", [rows.length, VOCAB_SIZE], out);
  }

  /** Every token goes to the experts of its position and id, and reads only itself. */
  #record(past: number, tokens: Int32Array, record: RecordOptions | undefined): RoutingRecord | undefined {
    if (!record) return undefined;
    const experts = Int32Array.from([...tokens].flatMap((token, i) => [(past + i) % 7, token % 5]));
    const selection = Int32Array.from(tokens, (_, i) => past + i);
    return {
      experts: record.experts ? { data: experts, layers: 1, k: 2 } : undefined,
      selection: record.selection ? { data: selection, layers: 1, k: 1 } : undefined,
    };
  }

  async load(): Promise<void> {
    throw new Error("a tiny model has no weights");
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
