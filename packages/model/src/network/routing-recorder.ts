/**
 * Records routing and selection of a forward pass for the inputs that ask, so that training can replay them ("keep routing",
 * report section 3.1, and the same for the lightning indexer's selection).
 */

import type { Tensor } from "@cachalot/tensor";
import type { Routing } from "./routing.js";
import type { Selection } from "./selection.js";

/** Numbers `[tokens, layers, k]`, row-major. */
export interface RecordedRows {
  data: Int32Array;
  layers: number;
  k: number;
}

export interface RoutingRecord {
  /** `[tokens, MoE layers, experts per token]`, best first */
  experts?: RecordedRows | undefined;
  /** `[tokens, layers, index_topk]`: positions, ascending, -1 where fewer were selected; all -1: it attends to every token */
  selection?: RecordedRows | undefined;
}

/** What is recorded of one input. */
interface WantedRecord {
  experts?: boolean | undefined;
  selection?: boolean | undefined;
}

/** Choices of one layer for some rows of the pass. */
interface LayerChoices {
  layer: number;
  /** Rows of the pass; undefined: all. */
  rows: readonly number[] | undefined;
  k: number;
  data: ArrayLike<number>;
}

export class RoutingRecorder {
  readonly #experts: Promise<LayerChoices>[] = [];
  readonly #selections: Promise<LayerChoices>[] = [];
  readonly routing: Routing | undefined;
  readonly selection: Selection | undefined;

  /** @param wanted one per input of the pass, in order */
  constructor(private readonly wanted: readonly (WantedRecord | undefined)[]) {
    // Reading begins during the call, while the tensors are there.
    const read = async (layer: number, tensor: Tensor, rows?: readonly number[]): Promise<LayerChoices> => ({
      layer,
      rows,
      k: tensor.shape[1]!,
      data: (await tensor.device.read(tensor)) as Int32Array,
    });
    if (wanted.some((input) => input?.experts))
      this.routing = { record: (layer, experts) => void this.#experts.push(read(layer, experts)) };
    if (wanted.some((input) => input?.selection))
      this.selection = { record: (layer, indices, rows) => void this.#selections.push(read(layer, indices, rows)) };
  }

  /**
   * What was recorded, one per input.
   * @param counts tokens of each input
   * @param layers of the network: selection may be left out for some of them, routing has only MoE layers
   * @param topK the indexer's `index_topk`
   */
  async records(
    counts: readonly number[],
    { layers, topK }: { layers: number; topK: number | undefined },
  ): Promise<(RoutingRecord | undefined)[]> {
    const experts = await Promise.all(this.#experts);
    const selections = await Promise.all(this.#selections);
    const moeLayers = [...new Set(experts.map(({ layer }) => layer))].sort((a, b) => a - b);
    let start = 0;
    return this.wanted.map((wanted, i) => {
      const [from, to] = [start, start + counts[i]!];
      start = to;
      if (!wanted) return undefined;
      return {
        experts: wanted.experts ? rowsOf(experts, from, to, moeLayers, experts[0]?.k ?? 0) : undefined,
        selection:
          wanted.selection && topK !== undefined
            ? rowsOf(selections, from, to, [...Array(layers).keys()], topK)
            : undefined,
      };
    });
  }
}

/** Choices of rows `[from, to)` of the pass, layer by layer; -1 where nothing was recorded. */
function rowsOf(
  choices: readonly LayerChoices[],
  from: number,
  to: number,
  layers: readonly number[],
  k: number,
): RecordedRows {
  const data = new Int32Array((to - from) * layers.length * k).fill(-1);
  for (const { layer, rows, k: width, data: values } of choices) {
    const at = layers.indexOf(layer);
    const copy = (row: number, index: number): void => {
      if (row < from || row >= to) return;
      const target = ((row - from) * layers.length + at) * k;
      for (let j = 0; j < width; j++) data[target + j] = values[index * width + j]!;
    };
    if (rows) rows.forEach(copy);
    else for (let row = from; row < to; row++) copy(row, row);
  }
  return { data, layers: layers.length, k };
}
