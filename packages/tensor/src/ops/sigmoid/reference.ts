import type { KernelCall } from "../../op.js";

/** y = 1 / (1 + e^-x) */
export function sigmoidReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [x, y] = [inputs[0]!.data, outputs[0]!.data];
  for (let i = 0; i < y.length; i++) y[i] = 1 / (1 + Math.exp(-x[i]!));
}

/** dx = dy y (1 - y) */
export function sigmoidBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [y, dy, dx] = [inputs[0]!.data, inputs[1]!.data, outputs[0]!.data];
  for (let i = 0; i < dx.length; i++) dx[i] = dy[i]! * y[i]! * (1 - y[i]!);
}
