/** What the context shows of every position: a class for its looks, and the words behind it. */
import type { LensDetail } from "../../../wire/lens.js";
import type { LensToken } from "./use-lens.js";

export type Mode = "heat" | "layer" | "cold" | "difference";

/** Steps that heat is drawn in. */
const STEPS = 10;

export interface Shown {
  mode: Mode;
  layers: number;
  token: LensToken | undefined;
  /** Of the layer looked at, once it is there. */
  detail: LensDetail | undefined;
  /** What `difference` compares with. */
  pinned: LensToken | undefined;
  /** Layers that selected each position in any step so far, summed. */
  total: Uint32Array;
}

/** By how many layers more, or fewer, a position is selected than at the pinned step. */
export function changeOf({ token, pinned }: Shown, position: number): number {
  return (token?.heat[position] ?? 0) - (pinned?.heat[position] ?? 0);
}

export function classOf(shown: Shown, selected: ReadonlySet<number>, position: number): string {
  const { mode, layers, token, detail, total, pinned } = shown;
  if (!token || position >= token.heat.length) return "later";
  if (mode === "layer") return detail && (selected.size === 0 || selected.has(position)) ? "chosen" : "h0";
  if (mode === "cold") return total[position] === 0 ? "cold" : "h0";
  if (mode === "difference") {
    const change = pinned ? changeOf(shown, position) : 0;
    if (change === 0) return "h0";
    return `${change > 0 ? "more" : "fewer"} c${Math.ceil((4 * Math.abs(change)) / layers)}`;
  }
  return `h${Math.round((STEPS * token.heat[position]!) / layers)}`;
}

/** Of how many selections (position and layer) of the pinned step as many layers still select the position. */
export function keptShare({ token, pinned }: Shown): number {
  if (!token || !pinned) return 0;
  let [kept, all] = [0, 0];
  for (const [position, count] of pinned.heat.entries()) {
    all += count;
    kept += Math.min(count, token.heat[position] ?? 0);
  }
  return kept / all;
}

/** Layers that selected each position, over the steps up to one. */
export function totalHeat(tokens: readonly LensToken[], length: number): Uint32Array {
  const total = new Uint32Array(length);
  for (const { heat } of tokens) for (const [position, count] of heat.entries()) total[position]! += count;
  return total;
}
