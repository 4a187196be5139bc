import { BLOCK_SIZE, type Device, KEY_GROUP, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { ModelError } from "../errors.js";
import { copyRows } from "./copy-rows.js";

/** What one layer keeps of every token. */
export interface LayerPool {
  /** `[slots, C+R]`: normed latent, then the shared rotated key; f32 or bf16 */
  latent: Tensor;
  /** Rotated indexer keys, see `indexCacheWrite`: f32, or u8 with scales */
  indexKeys: Tensor | undefined;
  indexScales: Tensor | undefined;
}

export interface BlockPoolOptions {
  /** f32 keeps what was computed; bf16 keeps latents in bf16 and indexer keys in 8 bits. Default f32. */
  dtype?: "f32" | "bf16" | undefined;
  /** Most tokens held at once, over all sequences; memory for them is reserved at once. Default: no limit. */
  maxTokens?: number | undefined;
}

/** Layers that keep something of every token, a multi-token-prediction layer last. */
function cachedLayers(config: ModelConfig): number {
  return config.numHiddenLayers + config.numNextnPredictLayers;
}

/** Bytes the cache takes for every token, over all layers. */
export function bytesPerToken(config: ModelConfig, dtype: "f32" | "bf16" = "f32"): number {
  const { kvLoraRank, qkRopeHeadDim, indexer } = config;
  const low = dtype === "bf16";
  const keys = indexer ? (low ? indexer.headDim + 4 : indexer.headDim * 4) : 0;
  return cachedLayers(config) * ((kvLoraRank + qkRopeHeadDim) * (low ? 2 : 4) + keys);
}

/**
 * The memory behind all caches of a model, in blocks of `BLOCK_SIZE` tokens that sequences share. Blocks are counted by their
 * users. With a limit all blocks are reserved at once: fresh memory that is not written takes none of the machine's, so use
 * grows block by block and nothing is copied. Without one, memory grows by doubling.
 */
export class BlockPool {
  readonly blockSize = BLOCK_SIZE;
  readonly layers: LayerPool[] = [];
  /** Most blocks there may ever be. */
  readonly limit: number;
  private readonly users: number[] = [];
  private readonly idle: number[] = [];
  private capacity = 0;

  /** @throws ModelError `out_of_memory` where the memory of a limited pool cannot be reserved. */
  constructor(
    private readonly config: ModelConfig,
    private readonly device: Device,
    private readonly options: BlockPoolOptions = {},
  ) {
    this.limit = Math.floor((options.maxTokens ?? Number.MAX_SAFE_INTEGER) / BLOCK_SIZE);
    if (options.maxTokens !== undefined) this.reserve();
  }

  /** Bytes a block takes, over all layers. */
  get blockBytes(): number {
    return BLOCK_SIZE * bytesPerToken(this.config, this.options.dtype);
  }

  /** Bytes that were written at least once: what the pool takes of the machine's memory. */
  get usedBytes(): number {
    return this.users.length * this.blockBytes;
  }

  /** Most bytes it may take. */
  get limitBytes(): number {
    return this.limit * this.blockBytes;
  }

  /** Blocks in use. */
  get used(): number {
    return this.users.length - this.idle.length;
  }

  /** Blocks that can still be taken. */
  get free(): number {
    return this.limit - this.used;
  }

  /** A block of undefined contents with one user. @throws ModelError `cache_full`. */
  take(): number {
    let block = this.idle.pop();
    if (block === undefined) {
      block = this.users.length;
      if (block >= this.limit)
        throw new ModelError(
          "cache_full",
          `all ${this.limit * BLOCK_SIZE} tokens of the cache are in use; end a sequence, or give it more memory`,
        );
      if (block >= this.capacity) this.grow(Math.max(2 * this.capacity, 16));
    }
    this.users[block] = 1;
    return block;
  }

  /** One more user of a block. */
  retain(block: number): void {
    this.users[block] = this.users[block]! + 1;
  }

  /** One user less; the last one gives the block back. */
  release(block: number): void {
    const users = this.users[block]! - 1;
    this.users[block] = users;
    if (users === 0) this.idle.push(block);
  }

  usersOf(block: number): number {
    return this.users[block]!;
  }

  /** A block with the same contents and one user. */
  copy(block: number): number {
    const to = this.take();
    for (const layer of this.layers) {
      for (const tensor of [layer.latent, layer.indexKeys, layer.indexScales]) {
        if (!tensor) continue;
        const rows = tensor.shape[0]! / this.capacity;
        copyRows(tensor, block * rows, tensor, to * rows, rows);
      }
    }
    return to;
  }

  dispose(): void {
    for (const { latent, indexKeys, indexScales } of this.layers.splice(0))
      for (const tensor of [latent, indexKeys, indexScales]) tensor?.dispose();
    this.users.length = 0;
    this.idle.length = 0;
    this.capacity = 0;
  }

  private reserve(): void {
    try {
      this.grow(this.limit);
    } catch (error) {
      this.dispose();
      const reason = error instanceof Error ? error.message : String(error);
      const mebibytes = Math.ceil(this.limitBytes / 2 ** 20);
      throw new ModelError(
        "out_of_memory",
        `${mebibytes} MiB for caches cannot be reserved (${reason}); give the cache less memory`,
      );
    }
  }

  private grow(capacity: number): void {
    const { kvLoraRank, qkRopeHeadDim, indexer } = this.config;
    const low = this.options.dtype === "bf16";
    const slots = capacity * BLOCK_SIZE;
    const groups = slots / KEY_GROUP;
    const grown = <T extends Tensor>(old: Tensor | undefined, tensor: T): T => {
      if (old) copyRows(old, 0, tensor, 0, old.shape[0]!);
      old?.dispose();
      return tensor;
    };
    for (let i = 0; i < cachedLayers(this.config); i++) {
      const old = this.layers[i];
      const { device } = this;
      this.layers[i] = {
        latent: grown(old?.latent, device.empty(low ? "bf16" : "f32", [slots, kvLoraRank + qkRopeHeadDim])),
        indexKeys:
          indexer && grown(old?.indexKeys, device.empty(low ? "u8" : "f32", [groups, indexer.headDim, KEY_GROUP])),
        indexScales: indexer && low ? grown(old?.indexScales, device.empty("f32", [groups, KEY_GROUP])) : undefined,
      };
    }
    this.capacity = capacity;
  }
}
