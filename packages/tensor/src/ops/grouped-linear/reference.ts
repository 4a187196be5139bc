import { readFloat } from "../../float-view.js";
import type { KernelCall } from "../../op.js";
import { asFactor } from "../linear/reference.js";

/** y[r,n] = sum_k x[r,k] w[g(r),n,k] */
export function groupedLinearReference({ inputs, outputs }: KernelCall<unknown>): void {
  const offsets = inputs[1]!.data;
  outputs.forEach((output, i) => {
    const x = asFactor(inputs[0]!, inputs[i + 2]!);
    const weight = readFloat(inputs[i + 2]!);
    const [X, N] = inputs[i + 2]!.shape as [number, number, number];
    const K = inputs[0]!.shape[1]!;
    for (let g = 0; g < X; g++)
      for (let r = offsets[g]!; r < offsets[g + 1]!; r++)
        for (let n = 0; n < N; n++) {
          let sum = 0;
          for (let k = 0; k < K; k++) sum += x[r * K + k]! * weight[(g * N + n) * K + k]!;
          output.data[r * N + n] = sum;
        }
  });
}

/** dx[r,k] = sum_n dy[r,n] w[g(r),n,k] */
export function groupedLinearInputGradientReference({ inputs, outputs }: KernelCall<unknown>): void {
  const dy = inputs[0]!.data;
  const weight = readFloat(inputs[1]!);
  const [X, N, K] = inputs[1]!.shape as [number, number, number];
  const offsets = inputs[2]!.data;
  for (let g = 0; g < X; g++)
    for (let r = offsets[g]!; r < offsets[g + 1]!; r++)
      for (let k = 0; k < K; k++) {
        let sum = 0;
        for (let n = 0; n < N; n++) sum += dy[r * N + n]! * weight[(g * N + n) * K + k]!;
        outputs[0]!.data[r * K + k] = sum;
      }
}

/** dw[g,n,k] = sum_{r in g} dy[r,n] x[r,k] */
export function groupedLinearWeightGradientReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [dy, x, offsets] = [inputs[0]!.data, inputs[1]!.data, inputs[2]!.data];
  const [X, N, K] = outputs[0]!.shape as [number, number, number];
  for (let g = 0; g < X; g++)
    for (let n = 0; n < N; n++)
      for (let k = 0; k < K; k++) {
        let sum = 0;
        for (let r = offsets[g]!; r < offsets[g + 1]!; r++) sum += dy[r * N + n]! * x[r * K + k]!;
        outputs[0]!.data[(g * N + n) * K + k] = sum;
      }
}
