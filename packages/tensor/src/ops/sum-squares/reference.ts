import type { KernelCall } from "../../op.js";

/** y = sum_i x[i]^2 */
export function sumSquaresReference({ inputs, outputs }: KernelCall<unknown>): void {
  let sum = 0;
  for (const x of inputs[0]!.data) sum += x * x;
  outputs[0]!.data[0] = sum;
}
