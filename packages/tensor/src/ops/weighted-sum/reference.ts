import type { KernelCall } from "../../op.js";

/** y = sum_i x[i] w[i] */
export function weightedSumReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [x, weights] = [inputs[0]!.data, inputs[1]!.data];
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * weights[i]!;
  outputs[0]!.data[0] = sum;
}

/** y[i] = x[i] f */
export function scaleByReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [x, factor, y] = [inputs[0]!.data, inputs[1]!.data[0]!, outputs[0]!.data];
  for (let i = 0; i < x.length; i++) y[i] = x[i]! * factor;
}
