/** Aggregation: what a page needs of a token's way through the network, a few bytes for each position instead of rows per layer. */

import type { ObservedToken } from "@cachalot/engine";

export interface TokenSummary {
  heat: string;
  dense: boolean;
  experts: number[][];
  kept: number[];
  recall?: number[];
}

/** Positions each layer selected; undefined: all of them. */
export function selectionsOf({ selection }: ObservedToken, layers: number): (Int32Array | undefined)[] {
  return Array.from({ length: layers }, (_, layer) => {
    const chosen = selection?.data.slice(layer * selection.k, (layer + 1) * selection.k).filter((at) => at >= 0);
    return chosen && chosen.length > 0 ? chosen : undefined;
  });
}

/** Share of attention's mass that lies on the selection, by layer. */
export function recallOf(
  { attention }: ObservedToken,
  selections: readonly (Int32Array | undefined)[],
): number[] | undefined {
  return attention?.mass.map((mass, layer) => {
    const chosen = selections[layer];
    return chosen ? round(chosen.reduce((sum, at) => sum + mass[at]!, 0)) : 1;
  });
}

/** @param before selections of the token before */
export function summarise(
  token: ObservedToken,
  selections: readonly (Int32Array | undefined)[],
  before: readonly (Int32Array | undefined)[] | undefined,
): TokenSummary {
  const heat = new Uint8Array(token.position + 1);
  for (const chosen of selections) {
    if (chosen) for (const at of chosen) heat[at]!++;
    else for (let at = 0; at < heat.length; at++) heat[at]!++;
  }
  const recall = recallOf(token, selections);
  return {
    heat: Buffer.from(heat).toString("base64"),
    dense: selections.every((chosen) => chosen === undefined || chosen.length === heat.length),
    experts: rowsOf(token.experts),
    kept: selections.map((chosen, layer) => sharedWith(chosen, before?.[layer])),
    ...(recall ? { recall } : {}),
  };
}

function sharedWith(chosen: Int32Array | undefined, before: Int32Array | undefined): number {
  if (!chosen || !before) return 1;
  const known = new Set(before);
  return round(chosen.reduce((count, at) => count + Number(known.has(at)), 0) / chosen.length);
}

function rowsOf(rows: ObservedToken["experts"]): number[][] {
  if (!rows) return [];
  return Array.from({ length: rows.layers }, (_, layer) => [...rows.data.slice(layer * rows.k, (layer + 1) * rows.k)]);
}

/** Four digits are more than a page shows. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
