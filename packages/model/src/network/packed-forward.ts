import type { Context, Tensor } from "@cachalot/tensor";
import { finalNorm, type LayerPass, runLayers } from "./decoder-layer.js";
import type { AttentionMode, MlaForm } from "./mla.js";
import type { Network } from "./network.js";
import { type AttentionTrace, packedAttention } from "./packed-attention.js";
import type { PrefixedBatch } from "./packed-batch.js";
import { requireTokens } from "./require-tokens.js";
import type { Routing } from "./routing.js";
import type { Selection } from "./selection.js";
import { PrefixLayout } from "./shared-prefix.js";

export interface PackedForwardOptions {
  attention: AttentionMode;
  /** Form of MLA; default MHA when dense, MQA when sparse. The numbers are the same. */
  form?: MlaForm;
  /** Experts recorded or replayed, `[B*S, topK]`. Default: each layer's own choice. */
  routing?: Routing;
  /** The indexer's selection recorded or replayed, `[B*S, k]`; sparse attention only. */
  selection?: Selection;
  /**
   * Sees what each layer's attention came from, while it is there: for losses on the indexer, and measurements. Where `ctx` does
   * not record, what is made of it in the layer's context must be kept (`ctx.keep`) to outlive the layer.
   */
  onAttention?: (ctx: Context, trace: AttentionTrace) => void;
}

export interface PackedForward {
  /** `[B*S, E]`, after the final norm: what `outputHead` and `mtpForward` read */
  hidden: Tensor;
  /** The choice of every MoE layer, i32 `[B*S, topK]`, in order; `mtpForward` with `pass` adds one. */
  experts: Tensor[];
  pass: LayerPass;
}

/**
 * One forward pass of packed documents without a cache: training, and scoring of given tokens. Where `ctx` does not record, memory
 * does not grow with the number of layers.
 * @throws ModelError `invalid_token`.
 */
export function packedForward(
  ctx: Context,
  network: Network,
  rowsOfBatch: PrefixedBatch,
  { attention: mode, form, routing, selection, onAttention }: PackedForwardOptions,
): PackedForward {
  const { batch, seq, inputs, positions, documentStart } = rowsOfBatch;
  requireTokens(network.config, inputs);
  const rows = batch * seq;
  const experts: Tensor[] = [];
  const pass: LayerPass = {
    config: network.config,
    attention: packedAttention({
      config: network.config,
      batch,
      tables: network.rope.tables(ctx, positions ?? Int32Array.from({ length: rows }, (_, i) => i % seq)),
      documentStart: documentStart && ctx.from("i32", [batch, seq], documentStart),
      prefix: PrefixLayout.of(rowsOfBatch),
      mode,
      form,
      selection,
      onAttention,
    }),
    routing: {
      ...(routing?.replay ? { replay: (layer) => routing.replay!(layer) } : {}),
      record(layer, chosen) {
        // A layer's tensors may end with it: what is kept is a view of its own.
        experts.push(ctx.own(chosen.reshape(chosen.shape)));
        routing?.record?.(layer, chosen);
      },
    },
  };
  const x = runLayers(ctx, network, ctx.from("i32", [rows], inputs), pass);
  return { hidden: finalNorm(ctx, network, x), experts, pass };
}
