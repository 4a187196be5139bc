/** Heat of the lightning indexer's selection: for a generated token, by how many layers each position was selected. */

import type { GeneratedTokens } from "@cachalot/chat";

export interface SelectionHeat {
  /** By position, up to the token that was read last before this one was drawn. */
  layersAt: Uint8Array;
  layers: number;
  /** Most positions a layer selects. */
  k: number;
  /** By layer: positions selected; all of them where there are no more than `k`. */
  selected: number[];
}

/**
 * @param index of the generated token
 * @returns undefined where nothing was recorded
 */
export function selectionHeat({ promptIds, selection }: GeneratedTokens, index: number): SelectionHeat | undefined {
  const query = promptIds.length + index - 1;
  const row = query - (selection?.start ?? 0);
  if (!selection || row < 0 || row >= selection.shape[0]) return undefined;
  const [, layers, k] = selection.shape;
  const heat: SelectionHeat = { layersAt: new Uint8Array(query + 1), layers, k, selected: [] };
  for (let layer = 0; layer < layers; layer++) {
    const start = (row * layers + layer) * k;
    const positions = selection.data.subarray(start, start + k).filter((position) => position >= 0);
    // Nothing written down: this token attends to every one before it.
    if (positions.length === 0) for (let p = 0; p <= query; p++) heat.layersAt[p]!++;
    else for (const position of positions) heat.layersAt[position]!++;
    heat.selected.push(positions.length || query + 1);
  }
  return heat;
}
