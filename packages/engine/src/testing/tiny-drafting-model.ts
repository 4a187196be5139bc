import type { Tensor } from "@cachalot/tensor";
import type { DraftInput, ForwardResult, SequenceInput } from "../language-model.js";
import { TinyModel, type TokenCache } from "./tiny-model.js";

function hashOf(tokens: readonly number[]): number {
  return tokens.reduce((hash, token) => Math.imul(hash ^ token, 16777619) & 0xffffff, 2166136);
}

/**
 * A tiny model with a multi-token-prediction layer, whose logits are a function of all tokens up to the one it follows. The
 * state of a token tells all tokens before it, and what the layer keeps of a token tells the next one as well: a row that is
 * missing, stale or made from another state fails the pass that would attend to it.
 */
export class TinyDraftingModel extends TinyModel {
  readonly #rows = new Map<number, string[]>();

  constructor(
    logits: (tokens: readonly number[]) => Float32Array,
    private readonly draftLogits: (tokens: readonly number[]) => Float32Array,
    blockLimit?: number,
  ) {
    super(logits, blockLimit);
  }

  override async forward(inputs: readonly SequenceInput<TokenCache>[]): Promise<ForwardResult> {
    const before = inputs.map(({ cache }) => cache.tokens);
    const result = await super.forward(inputs);
    const states = inputs.flatMap(({ tokens }, i) =>
      Array.from(tokens, (_, t) => hashOf([...before[i]!, ...tokens.subarray(0, t + 1)])),
    );
    return { ...result, hidden: this.device.from("f32", [states.length, 1], states) };
  }

  draft(inputs: readonly DraftInput<TokenCache>[], hidden: Tensor): Tensor | undefined {
    const out: Float32Array[] = [];
    for (const { cache, past, row, next, scored } of inputs) {
      const tokens = [...cache.tokens, next.at(-1)!];
      if (tokens.length !== past + next.length + 1) throw new Error("a token was left out");
      const rowOf = (position: number) => `${tokens.slice(0, position + 1)}>${tokens[position + 1]}`;
      for (let position = 0; position < tokens.length - 1; position++) {
        const rows = this.#rowsOf(cache.blocks[Math.floor(position / this.blocks.blockSize)]!);
        const slot = position % this.blocks.blockSize;
        if (position >= past) {
          if (hidden.data[row + position - past] !== hashOf(tokens.slice(0, position + 1)))
            throw new Error("another token's state");
          if (next[position - past] !== tokens[position + 1]) throw new Error("another token follows");
          rows[slot] = rowOf(position);
        } else if (rows[slot] !== rowOf(position)) throw new Error("a stale row is attended to");
      }
      if (scored > 0) out.push(this.draftLogits(tokens));
    }
    return this.logitsOf(out);
  }

  #rowsOf(block: number): string[] {
    const rows = this.#rows.get(block) ?? [];
    this.#rows.set(block, rows);
    return rows;
  }
}
