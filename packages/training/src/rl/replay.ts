/** Keep routing and keep selection: what the engine's network chose for each token, as the trainer's forward pass takes it. */

import { isMoe, type Network, type Routing, type Selection } from "@cachalot/model";
import type { Context } from "@cachalot/tensor";
import type { PackedRollouts } from "./packed-rollouts.js";
import type { Segment } from "./rollout-rows.js";
import type { TrainingSequence } from "./training-sequence.js";

/** Experts as recorded, where every sequence has them; undefined: the layers choose. */
export function replayedRouting(
  ctx: Context,
  network: Network,
  { batch, layout }: PackedRollouts,
  sequences: readonly TrainingSequence[],
): Routing | undefined {
  if (!sequences.every(({ experts }) => experts)) return undefined;
  const topK = network.config.numExpertsPerTok;
  const moeLayers = [...network.weights.layers.keys()].filter((i) => isMoe(network.weights.layers[i]!.mlp));
  return {
    replay(layer) {
      const index = moeLayers.indexOf(layer);
      if (index < 0) return undefined;
      const chosen = Int32Array.from({ length: batch.inputs.length * topK }, (_, i) => i % topK);
      for (const { sequences: sharing, row, column, from, to } of layout.segments) {
        const { data, shape } = sequences[sharing[0]!]!.experts!;
        const [, layers] = shape;
        for (let t = from; t < to; t++) {
          const own = data.subarray((t * layers + index) * topK, (t * layers + index + 1) * topK);
          chosen.set(own, (row * layout.seq + column + t - from) * topK);
        }
      }
      return ctx.from("i32", [batch.inputs.length, topK], chosen);
    },
  };
}

/** The indexer's selection as recorded, where every sequence has it; undefined: the indexer selects. */
export function replayedSelection(
  ctx: Context,
  { config }: Network,
  { batch, layout }: PackedRollouts,
  sequences: readonly TrainingSequence[],
): Selection | undefined {
  const topk = config.indexer?.topk;
  if (topk === undefined || !sequences.every(({ selection }) => selection)) return undefined;
  return {
    replay(layer) {
      const columns = new Int32Array(batch.inputs.length * topk).fill(-1);
      for (let i = 0; i < batch.inputs.length; i++) columns[i * topk] = i % layout.seq;
      for (const segment of layout.segments) {
        const { sequences: sharing, row, column, from, to } = segment;
        const { data, shape } = sequences[sharing[0]!]!.selection!;
        const [, layers, k] = shape;
        for (let t = from; t < to; t++) {
          const own = data.subarray((t * layers + layer) * k, (t * layers + layer + 1) * k);
          writeColumns(columns, (row * layout.seq + column + t - from) * topk, topk, own, t, segment);
        }
      }
      return ctx.from("i32", [batch.inputs.length, topk], columns);
    },
  };
}

/** Positions of one token's selection as columns; where none was recorded, it attends to all before it. */
function writeColumns(
  columns: Int32Array,
  at: number,
  topk: number,
  selected: Int32Array,
  position: number,
  { column, from, prefixColumn }: Segment,
): void {
  const columnOf = (p: number) => (p < from ? prefixColumn! + p : column + p - from);
  const all = selected[0]! < 0;
  const count = all ? Math.min(position + 1, topk) : selected.length;
  for (let j = 0; j < count; j++) {
    const p = all ? j : selected[j]!;
    columns[at + j] = p < 0 ? -1 : columnOf(p);
  }
}
