import { add, Context, type Device, gatherRows, linear, rmsNorm, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import {
  type AttentionMode,
  coreAttention,
  type MlaForm,
  mlaOperands,
  projectMla,
  scoreTokens,
  selectTokens,
} from "./attention.js";
import { constantKvB } from "./constant-kv-b.js";
import { KvCache } from "./kv-cache.js";
import { denseMlp, moe } from "./mlp.js";
import { RopeCache, type RopeTables } from "./rope.js";
import { bindWeights, isMoe, type LayerWeights, type ModelWeights } from "./weights.js";

export interface ForwardOptions {
  /** Default: sparse where the model has an indexer. */
  attention?: AttentionMode;
  /** Default: MHA for long chunks on a short history, MQA otherwise. The numbers are the same. */
  form?: MlaForm;
  /** Logits of the last token (default) or of all. */
  logits?: "last" | "all";
  /** Called per layer with the index scores `[S, T]` and the selection `[S, k]` of a prefill. For tests and study. */
  onSelection?: (layer: number, scores: Tensor, indices: Tensor) => void;
}

/** A piece of one sequence in a forward pass: `count` new rows behind what its cache holds. */
interface Segment {
  cache: KvCache;
  start: number;
  count: number;
}

/** A DeepSeek-V3.2 network ready to generate. Weights belong to it. */
export class CausalLM {
  readonly weights: ModelWeights;
  private readonly rope: RopeCache;
  /** Owns what is computed from the weights once. */
  private readonly constants: Context;

  constructor(
    readonly config: ModelConfig,
    readonly device: Device,
    /** Parameters by the names of `parameterSpecs`. */
    readonly parameters: ReadonlyMap<string, Tensor>,
  ) {
    this.weights = bindWeights(config, (name) => parameters.get(name)!);
    this.rope = new RopeCache(config);
    this.constants = new Context(device);
    for (const { attention } of this.weights.layers) {
      attention.kvBSplit = constantKvB(device, config, attention.kvBProj);
      this.constants.own(attention.kvBSplit.key);
      this.constants.own(attention.kvBSplit.value);
    }
  }

  /** An empty cache for one sequence of up to `capacity` tokens (default: the model's context). */
  createCache(capacity = this.config.maxPositionEmbeddings): KvCache {
    return new KvCache(this.config, this.device, capacity);
  }

  /**
   * Appends `tokens` to the cache and returns logits: `[vocab]` of the last token, or `[tokens, vocab]` of all.
   * Calling it again continues the sequence, so a long prompt may be given in chunks.
   * @throws ModelError `context_length_exceeded` when the cache cannot hold them.
   */
  prefill(tokens: Int32Array, cache: KvCache, options: ForwardOptions = {}): Float32Array {
    cache.reserve(tokens.length);
    return this.forward(tokens, [{ cache, start: 0, count: tokens.length }], options);
  }

  /** One token for each of several sequences; returns `[sequences, vocab]`. */
  decode(tokens: Int32Array, caches: readonly KvCache[], options: ForwardOptions = {}): Float32Array {
    for (const cache of caches) cache.reserve(1);
    const segments = caches.map((cache, start) => ({ cache, start, count: 1 }));
    return this.forward(tokens, segments, { ...options, logits: "all" });
  }

  dispose(): void {
    this.constants.dispose();
    for (const tensor of this.parameters.values()) tensor.dispose();
  }

  private forward(tokens: Int32Array, segments: readonly Segment[], options: ForwardOptions): Float32Array {
    const { config, weights } = this;
    const ctx = new Context(this.device);
    try {
      const positions = segments.flatMap(({ cache, count }) =>
        Array.from({ length: count }, (_, i) => cache.length + i),
      );
      const tables = this.rope.tables(ctx, positions);
      let x = gatherRows(ctx, weights.embedTokens, ctx.from("i32", [tokens.length], tokens));
      weights.layers.forEach((layer, i) => {
        const before = x;
        x = ctx.scope((inner) => this.layer(inner, i, layer, before, tables, segments, options));
        ctx.release(before);
      });
      for (const { cache, count } of segments) cache.commit(count);
      if (options.logits !== "all") x = ctx.own(x.rows(tokens.length - 1, 1));
      const logits = linear(ctx, rmsNorm(ctx, x, weights.norm, config.rmsNormEps), weights.lmHead);
      return Float32Array.from(logits.data);
    } finally {
      ctx.dispose();
    }
  }

  private layer(
    ctx: Context,
    index: number,
    weights: LayerWeights,
    x: Tensor,
    tables: RopeTables,
    segments: readonly Segment[],
    options: ForwardOptions,
  ): Tensor {
    const { config } = this;
    const normed = rmsNorm(ctx, x, weights.inputLayernorm, config.rmsNormEps);
    const attended = add(ctx, x, this.attend(ctx, index, weights, normed, tables, segments, options));
    const mlpInput = rmsNorm(ctx, attended, weights.postAttentionLayernorm, config.rmsNormEps);
    const output = isMoe(weights.mlp)
      ? moe(ctx, config, weights.mlp, mlpInput).output
      : denseMlp(ctx, weights.mlp, mlpInput);
    return add(ctx, attended, output);
  }

  private attend(
    ctx: Context,
    index: number,
    weights: LayerWeights,
    x: Tensor,
    tables: RopeTables,
    segments: readonly Segment[],
    options: ForwardOptions,
  ): Tensor {
    const { config } = this;
    const projection = projectMla(ctx, config, weights.attention, x, tables);
    const width = config.numAttentionHeads * config.vHeadDim;
    const outputs = ctx.own(this.device.empty("f32", [x.shape[0]!, width]));
    const rowsOf = (tensor: Tensor, { start, count }: Segment) => ctx.own(tensor.rows(start, count));
    for (const segment of segments) {
      const indexer = projection.indexer && {
        queries: rowsOf(projection.indexer.queries, segment),
        keys: rowsOf(projection.indexer.keys, segment),
        weights: rowsOf(projection.indexer.weights, segment),
      };
      const held = segment.cache.append(ctx, index, rowsOf(projection.latent, segment), indexer?.keys);
      const total = held.latent.shape[0]!;
      const mode = options.attention ?? (indexer ? "sparse" : "dense");
      // With no more tokens than index_topk every one is selected: sparse equals dense, and dense is less work.
      const selects = mode === "sparse" && indexer && (total > config.indexer!.topk || options.onSelection);
      let indices: Tensor | undefined;
      if (selects) {
        const scores = scoreTokens(ctx, config, 1, indexer, held.indexKeys!, undefined);
        indices = selectTokens(ctx, config, scores);
        options.onSelection?.(index, scores, indices);
      }
      const form = options.form ?? (indices || 4 * segment.count < total ? "mqa" : "mha");
      const queries = rowsOf(projection.queries, segment);
      const operands = mlaOperands(ctx, config, weights.attention, form, 1, queries, held.latent);
      const core = coreAttention(ctx, config, weights.attention, operands, undefined, indices);
      outputs.data.set(core.output.data, segment.start * width);
    }
    return linear(ctx, outputs, weights.attention.oProj);
  }
}
