import type { KernelCall } from "../../op.js";

export interface RouteSelectAttrs {
  /** Experts per token. */
  topK: number;
  /** Expert groups; divides the number of experts. */
  groups: number;
  /** Groups a token may choose from. */
  keptGroups: number;
  /** What a group is judged by: the sum of its two best scores, or its best. */
  groupScore: "top2" | "max";
}

/** Order from large to small; NaN comes first: what it stands for is chosen, and shows, instead of giving way unseen. */
const descending = (a: number, b: number) => Number(Number.isNaN(b)) - Number(Number.isNaN(a)) || (a === b ? 0 : b - a);

/** Indices of the `count` largest values, best first, ties to the lower index. */
function best(values: readonly number[], count: number): number[] {
  const order = values.map((_, i) => i).sort((a, b) => descending(values[a]!, values[b]!) || a - b);
  return order.slice(0, count);
}

export function routeSelectReference({ inputs, outputs, attrs }: KernelCall<RouteSelectAttrs>): void {
  const [scores, bias] = [inputs[0]!, inputs[1]?.data];
  const [rows, experts] = scores.shape as [number, number];
  const { topK, groups, keptGroups, groupScore } = attrs;
  const size = experts / groups;
  for (let r = 0; r < rows; r++) {
    const choice = Array.from({ length: experts }, (_, e) =>
      Math.fround(scores.data[r * experts + e]! + (bias?.[e] ?? 0)),
    );
    const byGroup = Array.from({ length: groups }, (_, g) => {
      const sorted = choice.slice(g * size, (g + 1) * size).sort(descending);
      return groupScore === "top2" ? Math.fround(sorted[0]! + (sorted[1] ?? 0)) : sorted[0]!;
    });
    const kept = new Set(best(byGroup, keptGroups));
    const eligible = choice.map((value, e) => (kept.has(Math.floor(e / size)) ? value : Number.NEGATIVE_INFINITY));
    outputs[0]!.data.set(best(eligible, topK), r * topK);
  }
}
