import { readFloat } from "../../float-view.js";
import type { KernelCall } from "../../op.js";
import { asFactor } from "../linear/reference.js";

export interface HeadLinearAttrs {
  /** false: weight `[H, A, B]`; true: weight `[H, B, A]`, used transposed. */
  transposeWeight: boolean;
}

/** y[n,h,b] = sum_a x[n,h,a] w[h,a,b] (or w[h,b,a]) */
export function headLinearReference({ inputs, outputs, attrs }: KernelCall<HeadLinearAttrs>): void {
  const x = asFactor(inputs[0]!, inputs[1]!);
  const weight = readFloat(inputs[1]!);
  const [N, H, A] = inputs[0]!.shape as [number, number, number];
  const B = outputs[0]!.shape[2]!;
  for (let n = 0; n < N; n++)
    for (let h = 0; h < H; h++)
      for (let b = 0; b < B; b++) {
        let sum = 0;
        for (let a = 0; a < A; a++) {
          const at = attrs.transposeWeight ? (h * B + b) * A + a : (h * A + a) * B + b;
          sum += x[(n * H + h) * A + a]! * weight[at]!;
        }
        outputs[0]!.data[(n * H + h) * B + b] = sum;
      }
}

/** dw[h,a,b] = sum_n x[n,h,a] dy[n,h,b] */
export function headLinearWeightGradientReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [x, dy] = [inputs[0]!, inputs[1]!];
  const [N, H, A] = x.shape as [number, number, number];
  const B = dy.shape[2]!;
  const sums = new Float64Array(H * A * B);
  for (let n = 0; n < N; n++)
    for (let h = 0; h < H; h++)
      for (let a = 0; a < A; a++)
        for (let b = 0; b < B; b++) {
          const at = (h * A + a) * B + b;
          sums[at] = sums[at]! + x.data[(n * H + h) * A + a]! * dy.data[(n * H + h) * B + b]!;
        }
  outputs[0]!.data.set(sums);
}
