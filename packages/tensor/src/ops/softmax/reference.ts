import type { KernelCall } from "../../op.js";
import { dimAt, rowsOf } from "../../shape.js";

/** y[r,i] = exp(x[r,i] - max_r) / sum_r */
export function softmaxReference({ inputs, outputs }: KernelCall<unknown>): void {
  const x = inputs[0]!;
  const y = outputs[0]!.data;
  const dim = dimAt(x.shape, -1);
  for (let row = 0; row < rowsOf(x.shape); row++) {
    const at = row * dim;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < dim; i++) max = Math.max(max, x.data[at + i]!);
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += Math.exp(x.data[at + i]! - max);
    for (let i = 0; i < dim; i++) y[at + i] = Math.exp(x.data[at + i]! - max) / sum;
  }
}

/** dx = y (dy - sum_j y_j dy_j) */
export function softmaxBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [y, dy, dx] = [inputs[0]!, inputs[1]!.data, outputs[0]!.data];
  const dim = dimAt(y.shape, -1);
  for (let row = 0; row < rowsOf(y.shape); row++) {
    const at = row * dim;
    let dot = 0;
    for (let i = 0; i < dim; i++) dot += y.data[at + i]! * dy[at + i]!;
    for (let i = 0; i < dim; i++) dx[at + i] = y.data[at + i]! * (dy[at + i]! - dot);
  }
}
