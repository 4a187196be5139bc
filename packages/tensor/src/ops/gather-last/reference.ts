import type { KernelCall } from "../../op.js";
import { dimAt, rowsOf } from "../../shape.js";

export interface GatherLastAttrs {
  /** Value where the index is -1; may be -Infinity. */
  fill: number;
}

/** y[r,j] = x[r,indices[r,j]], or fill */
export function gatherLastReference({ inputs, outputs, attrs }: KernelCall<GatherLastAttrs>): void {
  const [x, indices] = [inputs[0]!, inputs[1]!];
  const [T, k] = [dimAt(x.shape, -1), dimAt(indices.shape, -1)];
  for (let r = 0; r < rowsOf(indices.shape); r++)
    for (let j = 0; j < k; j++) {
      const index = indices.data[r * k + j]!;
      outputs[0]!.data[r * k + j] = index < 0 ? attrs.fill : x.data[r * T + index]!;
    }
}

/** y[r,t] = sum_{j: indices[r,j] = t} dy[r,j] */
export function scatterLastReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [dy, indices, y] = [inputs[0]!, inputs[1]!.data, outputs[0]!];
  const [T, k] = [dimAt(y.shape, -1), dimAt(dy.shape, -1)];
  const sums = new Float64Array(y.data.length);
  for (let r = 0; r < rowsOf(dy.shape); r++)
    for (let j = 0; j < k; j++) {
      if (indices[r * k + j]! < 0) continue;
      const at = r * T + indices[r * k + j]!;
      sums[at] = sums[at]! + dy.data[r * k + j]!;
    }
  y.data.set(sums);
}
