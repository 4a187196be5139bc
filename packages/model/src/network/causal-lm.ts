import { Context, type Device, gatherRows, linear, rmsNorm, sampleTokens, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { arrange, lastRows, layRows } from "./arrange.js";
import type { CachedAttentionOptions } from "./cached-attention.js";
import { constantKvB } from "./constant-kv-b.js";
import { decoderLayer, type ForwardPass } from "./decoder-layer.js";
import { KvCache } from "./kv-cache.js";
import { predictBeyond } from "./multi-token-prediction.js";
import { PagePool, type PagePoolOptions } from "./page-pool.js";
import { pagedBatch, type Segment } from "./paged-batch.js";
import { requireTokens } from "./require-tokens.js";
import { RopeCache } from "./rope.js";
import { bindWeights, type ModelWeights } from "./weights.js";

export interface ForwardOptions extends Omit<CachedAttentionOptions, "onSelection"> {
  /** Logits of the last tokens of each sequence, as its input asks (default), or of all tokens. */
  logits?: "last" | "all";
  /**
   * Called per layer with the index scores `[S, T]` and the selection `[S, k]` of a prefill of one sequence, of a model
   * with an f32 cache. For tests and study.
   */
  onSelection?: (layer: number, scores: Tensor, indices: Tensor) => void;
}

/** New tokens of one sequence. */
export interface SequenceInput {
  cache: KvCache;
  tokens: Int32Array;
  /** How many of its last tokens' logits are wanted. Default 1. */
  scored?: number;
}

/** What a forward pass gave for the multi-token-prediction layer to go on from. */
export interface ForwardStates {
  /** `[scored tokens, vocab]` */
  logits: Float32Array;
  /** `[tokens, E]`: the model's hidden states after its final norm, of all tokens in order */
  hidden: Float32Array;
}

/** Tokens of one sequence that the model has read and whose followers are known. */
export interface DraftInput {
  /** Holds them already. */
  cache: KvCache;
  /** Position of the first. */
  past: number;
  /** `[tokens]`: what follows each of them */
  next: Int32Array;
  /** `[tokens, E]` of `ForwardStates` */
  hidden: Float32Array;
  /** How many of the last tokens' logits are wanted. Default 1. */
  scored?: number;
}

/** A DeepSeek-V3.2 network ready to generate. Weights belong to it. */
export class CausalLM {
  readonly weights: ModelWeights;
  /** Memory of all caches. */
  readonly blocks: PagePool;
  private readonly rope: RopeCache;
  /** Owns what is computed from the weights once. */
  private readonly constants: Context;

  constructor(
    readonly config: ModelConfig,
    readonly device: Device,
    /** Parameters by the names of `parameterSpecs`. */
    readonly parameters: ReadonlyMap<string, Tensor>,
    cache: PagePoolOptions = {},
  ) {
    this.weights = bindWeights(config, (name) => parameters.get(name)!);
    this.rope = new RopeCache(config);
    this.blocks = new PagePool(config, device, cache);
    this.constants = new Context(device);
    const { layers, mtp } = this.weights;
    for (const { attention } of mtp ? [...layers, mtp.layer] : layers) {
      attention.kvBSplit = constantKvB(device, config, attention.kvBProj);
      this.constants.own(attention.kvBSplit.key);
      this.constants.own(attention.kvBSplit.value);
    }
  }

  /**
   * An empty cache for one sequence of up to `capacity` tokens (default: the model's context), or one that begins with
   * full blocks of another.
   */
  createCache(capacity = this.config.maxPositionEmbeddings, prefix: readonly number[] = []): KvCache {
    return new KvCache(this.blocks, capacity, prefix);
  }

  /**
   * Appends `tokens` to the cache and returns logits: `[vocab]` of the last token, or `[tokens, vocab]` of all.
   * Calling it again continues the sequence, so a long prompt may be given in chunks.
   * @throws ModelError `invalid_token`; `context_length_exceeded` or `cache_full` when the cache cannot hold them.
   */
  prefill(tokens: Int32Array, cache: KvCache, options: ForwardOptions = {}): Float32Array {
    return this.forward([{ cache, tokens }], options);
  }

  /** One token for each of several sequences; returns `[sequences, vocab]`. */
  decode(tokens: Int32Array, caches: readonly KvCache[], options: ForwardOptions = {}): Float32Array {
    const inputs = caches.map((cache, i) => ({ cache, tokens: tokens.subarray(i, i + 1) }));
    return this.forward(inputs, options);
  }

  /**
   * New tokens of several sequences at once: chunks of prompts and single tokens together. Returns the logits of each
   * sequence's last tokens, `[scored tokens, vocab]`, or of all tokens in order.
   * @throws ModelError as `prefill`; no cache has changed then.
   */
  forward(inputs: readonly SequenceInput[], options: ForwardOptions = {}): Float32Array {
    return this.read(inputs, options, (ctx, x, _order, scored) => {
      const logits = linear(ctx, this.normed(ctx, takeRows(ctx, x, scored)), this.weights.lmHead);
      return logits.data.slice() as Float32Array;
    });
  }

  /** `forward`, with the hidden states that `draft` goes on from. @throws ModelError as `prefill`. */
  forwardWithHidden(inputs: readonly SequenceInput[], options: ForwardOptions = {}): ForwardStates {
    return this.read(inputs, options, (ctx, x, order, scored) => {
      const hidden = this.normed(ctx, x);
      const all = order.map(({ count }) => count);
      return {
        logits: linear(ctx, takeRows(ctx, hidden, scored), this.weights.lmHead).data.slice() as Float32Array,
        hidden: takeRows(ctx, hidden, lastRows(order, all)).data.slice() as Float32Array,
      };
    });
  }

  /**
   * The multi-token-prediction layer: reads tokens behind the model, into its own layer of the cache, and returns the logits
   * of the token after the next, `[scored tokens, vocab]`. Every position must be read once its follower is known, in order.
   * Only for a model with the layer (`config.numNextnPredictLayers`).
   */
  draft(inputs: readonly DraftInput[], options: Omit<ForwardOptions, "onSelection"> = {}): Float32Array {
    const { config, weights } = this;
    for (const { next } of inputs) requireTokens(config, next);
    const ctx = new Context(this.device);
    try {
      const order = inputs.map(({ cache, past, next }): Segment => ({ cache, past, start: 0, count: next.length }));
      const pass = this.passOver(ctx, order, options);
      const rows = pass.batch.slots.shape[0]!;
      const states = inputs.map(({ hidden }) => hidden);
      const followers = inputs.map(({ next }) => next);
      const hidden = ctx.from(
        "f32",
        [rows, config.hiddenSize],
        layRows(new Float32Array(rows * config.hiddenSize), order, states, config.hiddenSize),
      );
      const next = ctx.from("i32", [rows], layRows(new Int32Array(rows), order, followers));
      const pool = this.blocks.layers[config.numHiddenLayers]!;
      const x = predictBeyond(ctx, config, weights, hidden, next, pool, pass, options);
      const scored = scoredRows(order, inputs, options);
      if (scored.length === 0) return new Float32Array();
      return linear(ctx, takeRows(ctx, x, scored), weights.lmHead).data.slice() as Float32Array;
    } finally {
      ctx.dispose();
    }
  }

  /** Draws a token for every row of logits `[rows, vocab]`; parameters `[rows, 4]` as in `sampleTokens`. */
  sample(logits: Float32Array, parameters: Float32Array): Int32Array {
    const ctx = new Context(this.device);
    try {
      const rows = parameters.length / 4;
      const shape = [rows, logits.length / rows];
      const drawn = sampleTokens(ctx, ctx.from("f32", shape, logits), ctx.from("f32", [rows, 4], parameters));
      return drawn.data.slice() as Int32Array;
    } finally {
      ctx.dispose();
    }
  }

  dispose(): void {
    this.constants.dispose();
    this.blocks.dispose();
    for (const tensor of this.parameters.values()) tensor.dispose();
  }

  /** Appends tokens to caches; `finish` sees the last layer's output `[rows, E]` and the rows whose logits are wanted. */
  private read<Result>(
    inputs: readonly SequenceInput[],
    options: ForwardOptions,
    finish: (ctx: Context, x: Tensor, order: readonly Segment[], scored: readonly number[]) => Result,
  ): Result {
    for (const { tokens } of inputs) requireTokens(this.config, tokens);
    for (const { cache, tokens } of inputs) cache.reserve(tokens.length);
    const ctx = new Context(this.device);
    try {
      const order = inputs.map(
        ({ cache, tokens }): Segment => ({ cache, past: cache.length, start: 0, count: tokens.length }),
      );
      const pass = this.passOver(ctx, order, options);
      const rows = pass.batch.slots.shape[0]!;
      const parts = inputs.map(({ tokens }) => tokens);
      const tokens = ctx.from("i32", [rows], layRows(new Int32Array(rows), order, parts));
      let x = gatherRows(ctx, this.weights.embedTokens, tokens);
      this.weights.layers.forEach((layer, i) => {
        const before = x;
        const pool = this.blocks.layers[i]!;
        const { onSelection, ...rest } = options;
        const attention: CachedAttentionOptions = onSelection
          ? { ...rest, onSelection: (scores, indices) => onSelection(i, scores, indices) }
          : rest;
        x = ctx.scope((inner) => decoderLayer(inner, this.config, layer, before, pool, pass, attention));
        ctx.release(before);
      });
      for (const { cache, count } of order) cache.commit(count);
      return finish(ctx, x, order, scoredRows(order, inputs, options));
    } finally {
      ctx.dispose();
    }
  }

  private passOver(ctx: Context, order: readonly Segment[], { onSelection, ...options }: ForwardOptions): ForwardPass {
    const segments = arrange(this.config, order, onSelection ? { ...options, onSelection: () => undefined } : options);
    const batch = pagedBatch(ctx, segments);
    return { batch, segments, tables: this.rope.tables(ctx, batch.rows.position.data) };
  }

  private normed(ctx: Context, x: Tensor): Tensor {
    return rmsNorm(ctx, x, this.weights.norm, this.config.rmsNormEps);
  }
}

function scoredRows(
  order: readonly Segment[],
  inputs: readonly { scored?: number }[],
  { logits }: ForwardOptions,
): number[] {
  return lastRows(
    order,
    inputs.map(({ scored }, i) => (logits === "all" ? order[i]!.count : (scored ?? 1))),
  );
}

/** Rows of x `[rows, E]` in the given order. */
function takeRows(ctx: Context, x: Tensor, rows: readonly number[]): Tensor {
  if (rows.length === x.shape[0] && rows.every((row, i) => row === i)) return x;
  return gatherRows(ctx, x, ctx.from("i32", [rows.length], Int32Array.from(rows)));
}
