import { readFloat } from "../../float-view.js";
import type { KernelCall } from "../../op.js";

/** y[i,d] = table[rows[i],d] */
export function gatherRowsReference({ inputs, outputs }: KernelCall<unknown>): void {
  const table = readFloat(inputs[0]!);
  const rows = inputs[1]!.data;
  const dim = inputs[0]!.shape[1]!;
  for (let i = 0; i < rows.length; i++)
    for (let d = 0; d < dim; d++) outputs[0]!.data[i * dim + d] = rows[i]! < 0 ? 0 : table[rows[i]! * dim + d]!;
}

/** y[r,d] = sum_{i: rows[i] = r} dy[i,d] */
export function scatterAddRowsReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [dy, rows, y] = [inputs[0]!, inputs[1]!.data, outputs[0]!];
  const dim = dy.shape.at(-1)!;
  const sums = new Float64Array(y.data.length);
  for (let i = 0; i < rows.length; i++)
    for (let d = 0; d < dim && rows[i]! >= 0; d++) {
      const at = rows[i]! * dim + d;
      sums[at] = sums[at]! + dy.data[i * dim + d]!;
    }
  y.data.set(sums);
}
