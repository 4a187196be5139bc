import type { KernelCall } from "../../op.js";

/** y[i] = a[i] + b[i] */
export function addReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [a, b, y] = [inputs[0]!.data, inputs[1]!.data, outputs[0]!.data];
  for (let i = 0; i < y.length; i++) y[i] = a[i]! + b[i]!;
}
