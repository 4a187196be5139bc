import { BLOCK_SIZE, type Context, indexCacheWrite, indexSelect, KEY_GROUP, type Tensor } from "@cachalot/tensor";
import type { ModelConfig } from "../config/index.js";
import { type IndexerProjection, indexScale } from "./indexer.js";

/**
 * Token selection for packed documents: the selected positions of every query of `batch` rows, `[B, S, index_topk]`, ascending,
 * -1 where fewer are visible. No gradient flows through a selection, and no row's scores are kept.
 */
export function selectPacked(
  ctx: Context,
  config: ModelConfig,
  {
    batch,
    projection: { queries, keys, weights },
    documentStart,
  }: { batch: number; projection: IndexerProjection; documentStart: Tensor | undefined },
): Tensor {
  const { headDim, topk } = config.indexer!;
  const rows = queries.shape[0]!;
  const S = rows / batch;
  const perRow = Math.ceil(S / BLOCK_SIZE);
  const pool = ctx.own(ctx.device.empty("f32", [(batch * perRow * BLOCK_SIZE) / KEY_GROUP, headDim, KEY_GROUP]));
  const each = (value: (b: number, s: number) => number) =>
    ctx.from(
      "i32",
      [rows],
      Int32Array.from({ length: rows }, (_, i) => value(Math.floor(i / S), i % S)),
    );
  const slots = each((b, s) => b * perRow * BLOCK_SIZE + s);
  indexCacheWrite(ctx, pool, undefined, ctx.reshape(ctx.detach(keys), [rows, headDim]), slots);
  const paged = {
    sequence: each((b) => b),
    position: each((_, s) => s),
    blocks: ctx.from(
      "i32",
      [batch, perRow],
      Int32Array.from({ length: batch * perRow }, (_, i) => i),
    ),
  };
  const attrs = { k: topk, scale: indexScale(config) };
  const start = documentStart && ctx.own(documentStart.reshape([rows]));
  const chosen = indexSelect(ctx, queries, weights, pool, undefined, paged, attrs, start);
  ctx.release(pool);
  return ctx.reshape(chosen, [batch, S, topk]);
}
