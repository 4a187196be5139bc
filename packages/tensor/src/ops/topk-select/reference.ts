import type { KernelCall } from "../../op.js";
import { dimAt, rowsOf } from "../../shape.js";
import type { TopkSelectAttrs } from "./op.js";

export function topkSelectReference({ inputs, outputs, attrs }: KernelCall<TopkSelectAttrs>): void {
  const scores = inputs[0]!;
  const T = dimAt(scores.shape, -1);
  outputs[0]!.data.fill(-1);
  for (let r = 0; r < rowsOf(scores.shape); r++) {
    const score = (t: number) => scores.data[r * T + t]!;
    const eligible = Array.from({ length: T }, (_, t) => t).filter((t) => score(t) > Number.NEGATIVE_INFINITY);
    const best = eligible.sort((a, b) => score(b) - score(a) || a - b).slice(0, attrs.k);
    outputs[0]!.data.set(
      best.sort((a, b) => a - b),
      r * attrs.k,
    );
  }
}
