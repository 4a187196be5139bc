import type { KernelCall } from "../../op.js";

/** out[n,e] = sum_k w[n,k] y[slot(n,k),e] */
export function moeCombineReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [y, slotOf, weights] = [inputs[0]!, inputs[1]!, inputs[2]!.data];
  const E = y.shape[1]!;
  const [rows, K] = slotOf.shape as [number, number];
  for (let n = 0; n < rows; n++)
    for (let e = 0; e < E; e++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += weights[n * K + k]! * y.data[slotOf.data[n * K + k]! * E + e]!;
      outputs[0]!.data[n * E + e] = sum;
    }
}

/** dy[slot(n,k)] = w[n,k] dout[n]; dw[n,k] = y[slot(n,k)] . dout[n] */
export function moeCombineBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [y, slotOf, weights, dout] = [inputs[0]!, inputs[1]!, inputs[2]!.data, inputs[3]!.data];
  const [dy, dweights] = [outputs[0]!.data, outputs[1]!.data];
  const E = y.shape[1]!;
  const K = slotOf.shape[1]!;
  for (let i = 0; i < slotOf.data.length; i++) {
    const n = Math.floor(i / K);
    const at = slotOf.data[i]! * E;
    let dot = 0;
    for (let e = 0; e < E; e++) {
      dy[at + e] = weights[i]! * dout[n * E + e]!;
      dot += y.data[at + e]! * dout[n * E + e]!;
    }
    dweights[i] = dot;
  }
}
