import type { Context, Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import type { CoreAttention } from "./core-attention.js";
import type { Attention } from "./decoder-layer.js";
import { expandedCoreAttention } from "./expanded-attention.js";
import type { IndexerProjection } from "./indexer.js";
import { latentCoreAttention } from "./latent-attention.js";
import { type AttentionMode, type MlaForm, projectMla } from "./mla.js";
import { selectPacked } from "./packed-selection.js";
import type { RopeTables } from "./rope.js";
import type { Selection } from "./selection.js";
import type { PrefixLayout } from "./shared-prefix.js";

/** What one layer's attention came from, for losses on the indexer and measurements. */
export interface AttentionTrace extends Omit<CoreAttention, "output"> {
  /** Row of the layer in the model; a multi-token-prediction layer is behind all others. */
  layer: number;
  batch: number;
  indexer: IndexerProjection | undefined;
  /** `[B, S]` */
  documentStart: Tensor | undefined;
  /** `[B, S, k]`: the selection attended to; undefined where attention was dense */
  indices: Tensor | undefined;
}

export interface PackedAttentionOptions {
  config: ModelConfig;
  batch: number;
  tables: RopeTables;
  /** `[B, S]`: the column where each token's document begins */
  documentStart: Tensor | undefined;
  /** What documents see before themselves, where some share a prefix. */
  prefix?: PrefixLayout | undefined;
  mode: AttentionMode;
  /** Default MHA when dense, MQA when sparse. The numbers are the same. */
  form?: MlaForm | undefined;
  selection?: Selection | undefined;
  /** See `PackedForwardOptions`. */
  onAttention?: ((ctx: Context, trace: AttentionTrace) => void) | undefined;
}

/** Attention of packed documents, without a cache: every row of a batch sees its document up to itself. */
export function packedAttention(options: PackedAttentionOptions): Attention {
  const { config, batch, tables, documentStart, prefix, mode, selection, onAttention } = options;
  const form = options.form ?? (mode === "sparse" ? "mqa" : "mha");
  const coreAttention = form === "mqa" ? latentCoreAttention : expandedCoreAttention;
  return (ctx, { index: layer, weights }, x) => {
    const { queries, latent, indexer } = projectMla(ctx, x, { config, weights, tables });
    // Which columns are seen behind a shared prefix is told as a selection.
    const indices = (mode === "sparse" ? select(ctx, layer, indexer) : undefined) ?? prefix?.visible(ctx);
    const { output, ...core } = coreAttention(ctx, {
      config,
      weights,
      batch,
      queries,
      latent,
      documentStart,
      indices,
    });
    onAttention?.(ctx, { ...core, layer, batch, indexer, documentStart, indices });
    return output;
  };

  function select(ctx: Context, layer: number, indexer: IndexerProjection | undefined): Tensor | undefined {
    const replayed = selection?.replay?.(layer);
    if (!indexer && !replayed) return undefined;
    const own = () =>
      prefix?.select(ctx, config, indexer!) ??
      selectPacked(ctx, config, { batch, projection: indexer!, documentStart });
    const chosen = replayed ?? own();
    const k = chosen.shape.at(-1)!;
    const rows = chosen.size / k;
    selection?.record?.(
      layer,
      ctx.own(chosen.reshape([rows, k])),
      Array.from({ length: rows }, (_, i) => i),
    );
    return ctx.own(chosen.reshape([batch, rows / batch, k]));
  }
}
