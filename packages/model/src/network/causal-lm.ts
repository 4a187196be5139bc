import { Context, type Device, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { AttentionObserver } from "./attention-observer.js";
import { type BatchLayout, type LayoutOptions, lastRows, layOut, type SegmentInput } from "./batch-layout.js";
import { BlockPool, type BlockPoolOptions } from "./block-pool.js";
import { cachedAttention } from "./cached-attention.js";
import { finalNorm, type LayerPass, outputHead, runLayers } from "./decoder-layer.js";
import { constantKvB } from "./kv-b.js";
import { KvCache } from "./kv-cache.js";
import { mtpForward } from "./mtp.js";
import type { Network } from "./network.js";
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
  /** Watches rows of the pass; rows are the tokens of all inputs, in order. */
  observer?: AttentionObserver;
}

/** New tokens of one sequence. */
export interface SequenceInput {
  cache: KvCache;
  tokens: Int32Array;
  /** How many of its last tokens' logits are wanted. Default 1. */
  scored?: number;
}

/** What a forward pass leaves on the device. The caller disposes it. */
export interface DeviceForward {
  /** `[scored tokens, vocab]`; undefined where none are scored. */
  logits: Tensor | undefined;
  /** `[tokens, E]`: the hidden states after the final norm, of all tokens in order; where they are wanted. */
  hidden: Tensor | undefined;
}

/** Tokens of one sequence that the model has read and whose followers are known. */
export interface DraftInput {
  /** Holds them already. */
  cache: KvCache;
  /** Position of the first. */
  past: number;
  /** Its row of the hidden states; the others follow. */
  row: number;
  /** `[tokens]`: what follows each of them */
  next: Int32Array;
  /** How many of the last tokens' logits are wanted. Default 1. */
  scored?: number;
}

export interface CausalLMOptions extends BlockPoolOptions {
  /** The parameters are someone else's (a trainer's), who disposes them. Default: they belong to the network. */
  borrowed?: boolean;
}

/** A DeepSeek-V3.2 network ready to generate. */
export class CausalLM implements Network {
  /** Memory of all caches. */
  readonly blocks: BlockPool;
  readonly rope: RopeCache;
  private bound: BoundParameters;

  /** @param parameters by the names of `parameterSpecs` */
  constructor(
    readonly config: ModelConfig,
    readonly device: Device,
    parameters: ReadonlyMap<string, Tensor>,
    private readonly options: CausalLMOptions = {},
  ) {
    this.bound = bindParameters(config, device, parameters, options);
    this.rope = new RopeCache(config);
    this.blocks = new BlockPool(config, device, options);
  }

  get weights(): ModelWeights {
    return this.bound.weights;
  }

  /** By the names of `parameterSpecs`. */
  get parameters(): ReadonlyMap<string, Tensor> {
    return this.bound.parameters;
  }

  /**
   * Goes on with other weights of the same shapes, or with the same tensors whose values have changed; old ones that belong to
   * the network are disposed. Caches keep what they hold.
   */
  replaceParameters(parameters: ReadonlyMap<string, Tensor>): void {
    const before = this.bound;
    this.bound = bindParameters(this.config, this.device, parameters, this.options);
    before.dispose();
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
   * sequence's last tokens, `[scored tokens, vocab]`, or of all tokens in order. For devices in host memory; on others
   * `forwardOnDevice`, and `device.read`.
   * @throws ModelError as `prefill`; no cache has changed then.
   */
  forward(inputs: readonly SequenceInput[], options: ForwardOptions = {}): Float32Array {
    const { logits } = this.forwardOnDevice(inputs, options);
    if (!logits) return new Float32Array();
    const values = logits.data.slice() as Float32Array;
    logits.dispose();
    return values;
  }

  /**
   * `forward` without reading anything back; with `hidden`, the states that `draft` goes on from as well.
   * @throws ModelError as `prefill`; no cache has changed then.
   */
  forwardOnDevice(
    inputs: readonly SequenceInput[],
    { hidden: wantsHidden = false, ...options }: ForwardOptions & { hidden?: boolean } = {},
  ): DeviceForward {
    return this.read(inputs, options, (ctx, x, { segments }) => {
      const scored = scoredRows(segments, inputs, options);
      if (!wantsHidden) {
        const logits = this.logitsOf(ctx, scored, (rows) => finalNorm(ctx, this, takeRows(ctx, x, rows)));
        return { logits, hidden: undefined };
      }
      const hidden = finalNorm(ctx, this, x);
      return { logits: this.logitsOf(ctx, scored, (rows) => takeRows(ctx, hidden, rows)), hidden: ctx.keep(hidden) };
    });
  }

  /**
   * The multi-token-prediction layer: reads tokens behind the model, into its own layer of the cache, and returns the logits
   * of the token after the next, `[scored tokens, vocab]`, which the caller disposes. Every position must be read once its
   * follower is known, in order. Only for a model with the layer (`config.numNextnPredictLayers`).
   *
   * @param hidden `[tokens, E]` of `forwardOnDevice`
   */
  draft(inputs: readonly DraftInput[], hidden: Tensor, options: ForwardOptions = {}): Tensor | undefined {
    for (const { next } of inputs) requireTokens(this.config, next);
    const ctx = new Context(this.device);
    try {
      const { layout, pass } = this.cachedPass(
        ctx,
        inputs.map(({ cache, past, next }) => ({ cache, past, count: next.length })),
        options,
      );
      const { rows, segments } = layout;
      const states = inputs.flatMap(({ row, next }) => Array.from(next, (_, i) => row + i));
      const followers = packRows(
        new Int32Array(rows),
        inputs.map(({ next }) => next),
      );
      const input = { hidden: takeRows(ctx, hidden, states), next: ctx.from("i32", [rows], followers) };
      const x = mtpForward(ctx, this, input, pass);
      return this.logitsOf(ctx, scoredRows(segments, inputs, options), (scored) => takeRows(ctx, x, scored));
    } finally {
      ctx.dispose();
    }
  }

  dispose(): void {
    this.blocks.dispose();
    this.bound.dispose();
  }

  /** Logits of some rows, kept beyond the context; undefined where there are none. */
  private logitsOf(
    ctx: Context,
    rows: readonly number[],
    normed: (rows: readonly number[]) => Tensor,
  ): Tensor | undefined {
    return rows.length === 0 ? undefined : ctx.keep(outputHead(ctx, this, normed(rows)));
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
    const { routing, selection, onIndexScores, observer } = options;
    const layout = layOut(ctx, config, inputs, options);
    const tables = rope.tables(ctx, layout.positions);
    const pools = blocks.layers;
    const attention = cachedAttention({ config, pools, layout, tables, selection, onIndexScores, observer });
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

/** Parameters with what is computed from them once. */
interface BoundParameters {
  parameters: ReadonlyMap<string, Tensor>;
  weights: ModelWeights;
  dispose(): void;
}

function bindParameters(
  config: ModelConfig,
  device: Device,
  parameters: ReadonlyMap<string, Tensor>,
  { borrowed }: CausalLMOptions,
): BoundParameters {
  const weights = bindWeights(config, (name) => parameters.get(name)!);
  const constants = new Context(device);
  const { layers, mtp } = weights;
  for (const { attention } of mtp ? [...layers, mtp.layer] : layers) {
    attention.kvBSplit = constantKvB(device, config, attention.kvBProj);
    constants.own(attention.kvBSplit.key);
    constants.own(attention.kvBSplit.value);
  }
  return {
    parameters,
    weights,
    dispose() {
      constants.dispose();
      if (!borrowed) for (const tensor of parameters.values()) tensor.dispose();
    },
  };
}
