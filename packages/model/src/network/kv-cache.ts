import { type Context, copyRows, type Device, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { ModelError } from "../errors.js";

interface LayerCache {
  /** `[capacity, C+R]`: normed latent, then the shared rotated key */
  latent: Tensor;
  /** `[capacity, Di]`: rotated indexer keys */
  indexKeys: Tensor | undefined;
}

/**
 * What one sequence keeps per token and layer: the MLA latent with its rope key, and the indexer key. Memory grows
 * with use, in steps, up to `capacity`.
 */
export class KvCache {
  /** Tokens held. */
  length = 0;
  private allocated = 0;
  private layers: LayerCache[] = [];

  constructor(
    private readonly config: ModelConfig,
    private readonly device: Device,
    /** Most tokens this cache may hold. */
    readonly capacity: number,
  ) {}

  /** Bytes in use now. */
  get bytes(): number {
    const { config } = this;
    const perToken = config.kvLoraRank + config.qkRopeHeadDim + (config.indexer?.headDim ?? 0);
    return this.allocated * perToken * 4 * config.numHiddenLayers;
  }

  /** Makes room for `count` more tokens. @throws ModelError `context_length_exceeded`. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.capacity)
      throw new ModelError(
        "context_length_exceeded",
        `${needed} tokens do not fit a cache of ${this.capacity}; shorten the prompt or raise the capacity`,
      );
    if (needed <= this.allocated) return;
    const size = Math.min(this.capacity, Math.max(needed, this.allocated * 2, 128));
    const old = this.layers;
    this.layers = Array.from({ length: this.config.numHiddenLayers }, (_, i) => ({
      latent: this.grown(old[i]?.latent, size, this.config.kvLoraRank + this.config.qkRopeHeadDim),
      indexKeys: this.config.indexer ? this.grown(old[i]?.indexKeys, size, this.config.indexer.headDim) : undefined,
    }));
    this.allocated = size;
  }

  private grown(old: Tensor | undefined, rows: number, width: number): Tensor {
    const tensor = this.device.empty("f32", [rows, width]);
    if (old) {
      tensor.data.set(old.data.subarray(0, this.length * width));
      old.dispose();
    }
    return tensor;
  }

  /**
   * Writes a layer's new rows behind the tokens held and returns views of all rows so far; `length` moves only when
   * `commit` is called after the last layer.
   */
  append(ctx: Context, layer: number, latent: Tensor, indexKeys: Tensor | undefined): LayerCache {
    const cache = this.layers[layer]!;
    const rows = latent.shape[0]!;
    copyRows(ctx, cache.latent, latent, { at: this.length });
    if (cache.indexKeys && indexKeys) copyRows(ctx, cache.indexKeys, indexKeys, { at: this.length });
    return {
      latent: ctx.own(cache.latent.rows(0, this.length + rows)),
      indexKeys: cache.indexKeys && ctx.own(cache.indexKeys.rows(0, this.length + rows)),
    };
  }

  commit(rows: number): void {
    this.length += rows;
  }

  /** Forgets every token from `length` on. */
  truncate(length: number): void {
    this.length = Math.min(this.length, Math.max(0, length));
  }

  dispose(): void {
    for (const layer of this.layers) {
      layer.latent.dispose();
      layer.indexKeys?.dispose();
    }
    this.layers = [];
    this.allocated = 0;
    this.length = 0;
  }
}
