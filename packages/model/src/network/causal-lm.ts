import { Context, type Device, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type BatchLayout, type LayoutOptions, lastRows, layOut, type SegmentInput } from "./batch-layout.js";
import { cachedAttention } from "./cached-attention.js";
import { finalNorm, type LayerPass, outputHead, runLayers } from "./decoder-layer.js";
import { constantKvB } from "./kv-b.js";
import { KvCache } from "./kv-cache.js";
import { mtpForward } from "./mtp.js";
import type { Network } from "./network.js";
import { PagePool, type PagePoolOptions } from "./page-pool.js";
import { requireTokens } from "./require-tokens.js";
import { RopeCache } from "./rope.js";
import type { Routing } from "./routing.js";
import type { Selection } from "./selection.js";
import { takeRows } from "./take-rows.js";
import { bindWeights, type ModelWeights } from "./weights.js";

export interface ForwardOptions extends LayoutOptions {
  /** Logits of the last tokens of each sequence, as its input asks (default), or of all tokens. */
  logits?: "last" | "all";
  /** Experts recorded or replayed; rows are the tokens of all inputs, in order. */
  routing?: Routing;
  /** The indexer's selection recorded or replayed; rows are the tokens of all inputs, in order. */
  selection?: Selection;
  /** Index scores `[S, T]` per layer of a prefill of one sequence, of a model with an f32 cache. For tests and study. */
  onIndexScores?: (layer: number, scores: Tensor) => void;
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
export class CausalLM implements Network {
  readonly weights: ModelWeights;
  /** Memory of all caches. */
  readonly blocks: PagePool;
  readonly rope: RopeCache;
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
    return this.read(inputs, options, (ctx, x, { segments }) => {
      const scored = takeRows(ctx, x, scoredRows(segments, inputs, options));
      return toHost(outputHead(ctx, this, finalNorm(ctx, this, scored)));
    });
  }

  /** `forward`, with the hidden states that `draft` goes on from. @throws ModelError as `prefill`. */
  forwardWithHidden(inputs: readonly SequenceInput[], options: ForwardOptions = {}): ForwardStates {
    return this.read(inputs, options, (ctx, x, { segments }) => {
      const hidden = finalNorm(ctx, this, x);
      const scored = takeRows(ctx, hidden, scoredRows(segments, inputs, options));
      return { logits: toHost(outputHead(ctx, this, scored)), hidden: toHost(hidden) };
    });
  }

  /**
   * The multi-token-prediction layer: reads tokens behind the model, into its own layer of the cache, and returns the logits
   * of the token after the next, `[scored tokens, vocab]`. Every position must be read once its follower is known, in order.
   * Only for a model with the layer (`config.numNextnPredictLayers`).
   */
  draft(inputs: readonly DraftInput[], options: ForwardOptions = {}): Float32Array {
    for (const { next } of inputs) requireTokens(this.config, next);
    const ctx = new Context(this.device);
    try {
      const { layout, pass } = this.cachedPass(
        ctx,
        inputs.map(({ cache, past, next }) => ({ cache, past, count: next.length })),
        options,
      );
      const { rows, segments } = layout;
      const E = this.config.hiddenSize;
      const states = inputs.map(({ hidden }) => hidden);
      const hidden = ctx.from("f32", [rows, E], packRows(new Float32Array(rows * E), states));
      const followers = inputs.map(({ next }) => next);
      const next = ctx.from("i32", [rows], packRows(new Int32Array(rows), followers));
      const scored = scoredRows(segments, inputs, options);
      const x = mtpForward(ctx, this, { hidden, next }, pass);
      return scored.length === 0 ? new Float32Array() : toHost(outputHead(ctx, this, takeRows(ctx, x, scored)));
    } finally {
      ctx.dispose();
    }
  }

  dispose(): void {
    this.constants.dispose();
    this.blocks.dispose();
    for (const tensor of this.parameters.values()) tensor.dispose();
  }

  /** Appends tokens to caches; `finish` sees the last layer's output `[rows, E]`, rows in the order of the inputs. */
  private read<Result>(
    inputs: readonly SequenceInput[],
    options: ForwardOptions,
    finish: (ctx: Context, x: Tensor, layout: BatchLayout) => Result,
  ): Result {
    for (const { tokens } of inputs) requireTokens(this.config, tokens);
    for (const { cache, tokens } of inputs) cache.reserve(tokens.length);
    const ctx = new Context(this.device);
    try {
      const { layout, pass } = this.cachedPass(
        ctx,
        inputs.map(({ cache, tokens }) => ({ cache, past: cache.length, count: tokens.length })),
        options,
      );
      const tokens = packRows(
        new Int32Array(layout.rows),
        inputs.map((input) => input.tokens),
      );
      const x = runLayers(ctx, this, ctx.from("i32", [layout.rows], tokens), pass);
      for (const { cache, count } of layout.segments) cache.commit(count);
      return finish(ctx, x, layout);
    } finally {
      ctx.dispose();
    }
  }

  private cachedPass(
    ctx: Context,
    inputs: readonly SegmentInput[],
    options: ForwardOptions,
  ): { layout: BatchLayout; pass: LayerPass } {
    const { config, rope, blocks } = this;
    const { routing, selection, onIndexScores } = options;
    const layout = layOut(ctx, config, inputs, options);
    const tables = rope.tables(ctx, layout.positions);
    const attention = cachedAttention({ config, pools: blocks.layers, layout, tables, selection, onIndexScores });
    return { layout, pass: { config, attention, routing } };
  }
}

function scoredRows(
  segments: BatchLayout["segments"],
  inputs: readonly { scored?: number }[],
  { logits }: ForwardOptions,
): number[] {
  return lastRows(
    segments,
    inputs.map(({ scored }, i) => (logits === "all" ? segments[i]!.count : (scored ?? 1))),
  );
}

/** What each input has of the rows, one behind the other. */
function packRows<T extends Int32Array | Float32Array>(out: T, parts: readonly T[]): T {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function toHost(tensor: Tensor): Float32Array {
  return tensor.data.slice() as Float32Array;
}
