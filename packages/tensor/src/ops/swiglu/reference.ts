import type { KernelCall } from "../../op.js";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** y = g sigma(g) u */
export function swigluReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [gate, up, y] = [inputs[0]!.data, inputs[1]!.data, outputs[0]!.data];
  for (let i = 0; i < y.length; i++) y[i] = gate[i]! * sigmoid(gate[i]!) * up[i]!;
}

/** dgate = dy u s (1 + g (1 - s)), dup = dy g s, s = sigma(g) */
export function swigluBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [gate, up, dy] = [inputs[0]!.data, inputs[1]!.data, inputs[2]!.data];
  const [dgate, dup] = [outputs[0]!.data, outputs[1]!.data];
  for (let i = 0; i < dy.length; i++) {
    const g = gate[i]!;
    const s = sigmoid(g);
    dgate[i] = dy[i]! * up[i]! * s * (1 + g * (1 - s));
    dup[i] = dy[i]! * g * s;
  }
}
