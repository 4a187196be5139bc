import { readFloat, roundToBf16 } from "../../float-view.js";
import type { HostTensor, KernelCall, NumericArray } from "../../op.js";
import { dimAt, rowsOf } from "../../shape.js";

/** What a product with such weights reads: x rounded to bf16 where they are bf16 or 8-bit rows. */
export function asFactor(x: HostTensor, weight: HostTensor): NumericArray {
  return weight.dtype === "f32" ? x.data : roundToBf16(x.data);
}

/** y_i[r,n] = sum_k x[r,k] w_i[n,k] */
export function linearReference({ inputs, outputs }: KernelCall<unknown>): void {
  outputs.forEach((output, i) => {
    const x = asFactor(inputs[0]!, inputs[i + 1]!);
    const weight = readFloat(inputs[i + 1]!);
    const N = inputs[i + 1]!.shape[0]!;
    const K = dimAt(inputs[0]!.shape, -1);
    for (let r = 0; r < rowsOf(inputs[0]!.shape); r++)
      for (let n = 0; n < N; n++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += x[r * K + k]! * weight[n * K + k]!;
        output.data[r * N + n] = sum;
      }
  });
}

/** dx[r,k] = sum_n dy[r,n] w[n,k] */
export function linearInputGradientReference({ inputs, outputs }: KernelCall<unknown>): void {
  const dy = inputs[0]!;
  const weight = readFloat(inputs[1]!);
  const [N, K] = inputs[1]!.shape as [number, number];
  const sums = new Float64Array(K);
  for (let r = 0; r < rowsOf(dy.shape); r++) {
    sums.fill(0);
    for (let n = 0; n < N; n++) {
      const g = dy.data[r * N + n]!;
      for (let k = 0; k < K; k++) sums[k] = sums[k]! + g * weight[n * K + k]!;
    }
    outputs[0]!.data.set(sums, r * K);
  }
}

/** dw[n,k] = sum_r dy[r,n] x[r,k] */
export function linearWeightGradientReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [dy, x] = [inputs[0]!, inputs[1]!];
  const [N, K] = [dimAt(dy.shape, -1), dimAt(x.shape, -1)];
  const sums = new Float64Array(N * K);
  for (let r = 0; r < rowsOf(dy.shape); r++)
    for (let n = 0; n < N; n++) {
      const g = dy.data[r * N + n]!;
      for (let k = 0; k < K; k++) sums[n * K + k] = sums[n * K + k]! + g * x.data[r * K + k]!;
    }
  outputs[0]!.data.set(sums);
}
