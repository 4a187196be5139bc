import { add, Context, type Device, gatherRows, linear, rmsNorm, sampleTokens, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type CachedAttentionOptions, cachedAttention, isExpanded } from "./cached-attention.js";
import { constantKvB } from "./constant-kv-b.js";
import { KvCache } from "./kv-cache.js";
import { denseMlp, moe } from "./mlp.js";
import { PagePool, type PagePoolOptions } from "./page-pool.js";
import { type PagedBatch, pagedBatch, type Segment } from "./paged-batch.js";
import { RopeCache, type RopeTables } from "./rope.js";
import { bindWeights, isMoe, type LayerWeights, type ModelWeights } from "./weights.js";

export interface ForwardOptions extends Omit<CachedAttentionOptions, "onSelection"> {
  /** Logits of the last token of each sequence (default) or of all tokens. */
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
    for (const { attention } of this.weights.layers) {
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
   * @throws ModelError `context_length_exceeded` or `cache_full` when the cache cannot hold them.
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
   * sequence's last token, `[sequences, vocab]`, or of all tokens in order.
   * @throws ModelError as `prefill`; no cache has changed then.
   */
  forward(inputs: readonly SequenceInput[], options: ForwardOptions = {}): Float32Array {
    for (const { cache, tokens } of inputs) cache.reserve(tokens.length);
    const ctx = new Context(this.device);
    try {
      const { order, segments, tokens } = this.arrange(inputs, options);
      const batch = pagedBatch(ctx, segments);
      const tables = this.rope.tables(ctx, batch.rows.position.data);
      let x = gatherRows(ctx, this.weights.embedTokens, ctx.from("i32", [tokens.length], tokens));
      this.weights.layers.forEach((layer, i) => {
        const before = x;
        x = ctx.scope((inner) => this.layer(inner, i, layer, before, tables, batch, segments, options));
        ctx.release(before);
      });
      for (const { cache, count } of segments) cache.commit(count);
      const wanted = order.flatMap(({ start, count }) =>
        options.logits === "all" ? Array.from({ length: count }, (_, i) => start + i) : [start + count - 1],
      );
      const identity = wanted.length === tokens.length && wanted.every((row, i) => row === i);
      if (!identity) x = gatherRows(ctx, x, ctx.from("i32", [wanted.length], wanted));
      const logits = linear(ctx, rmsNorm(ctx, x, this.weights.norm, this.config.rmsNormEps), this.weights.lmHead);
      return logits.data.slice() as Float32Array;
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

  /** Rows of the forward pass: segments in MHA form last. `order`: the segments as the inputs came. */
  private arrange(inputs: readonly SequenceInput[], options: ForwardOptions) {
    const { onSelection, ...rest } = options;
    const attention = onSelection ? { ...rest, onSelection: () => undefined } : rest;
    const order = inputs.map(({ cache, tokens }): Segment => ({ cache, start: 0, count: tokens.length }));
    const expanded = new Map(order.map((segment) => [segment, isExpanded(this.config, segment, attention)]));
    const segments = [...order].sort((a, b) => Number(expanded.get(a)) - Number(expanded.get(b)));
    const tokens = new Int32Array(order.reduce((sum, { count }) => sum + count, 0));
    let start = 0;
    for (const segment of segments) {
      segment.start = start;
      tokens.set(inputs[order.indexOf(segment)]!.tokens, start);
      start += segment.count;
    }
    return { order, segments, tokens };
  }

  private layer(
    ctx: Context,
    index: number,
    weights: LayerWeights,
    x: Tensor,
    tables: RopeTables,
    batch: PagedBatch,
    segments: readonly Segment[],
    { onSelection, ...options }: ForwardOptions,
  ): Tensor {
    const { config } = this;
    const normed = rmsNorm(ctx, x, weights.inputLayernorm, config.rmsNormEps);
    const heads = cachedAttention(
      ctx,
      config,
      weights.attention,
      normed,
      tables,
      this.blocks.layers[index]!,
      batch,
      segments,
      onSelection ? { ...options, onSelection: (scores, indices) => onSelection(index, scores, indices) } : options,
    );
    const attended = add(ctx, x, linear(ctx, heads, weights.attention.oProj));
    const mlpInput = rmsNorm(ctx, attended, weights.postAttentionLayernorm, config.rmsNormEps);
    const output = isMoe(weights.mlp)
      ? moe(ctx, config, weights.mlp, mlpInput).output
      : denseMlp(ctx, weights.mlp, mlpInput);
    return add(ctx, attended, output);
  }
}
