import type { KernelCall } from "../../op.js";

/** y[n,h] = [a[n,h] | b[n,h or 0]] */
export function concatReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [a, b, y] = [inputs[0]!, inputs[1]!, outputs[0]!.data];
  const [rows, heads, P] = a.shape as [number, number, number];
  const [, bHeads, Q] = b.shape as [number, number, number];
  for (let n = 0; n < rows; n++)
    for (let h = 0; h < heads; h++) {
      const at = (n * heads + h) * (P + Q);
      for (let i = 0; i < P; i++) y[at + i] = a.data[(n * heads + h) * P + i]!;
      for (let i = 0; i < Q; i++) y[at + P + i] = b.data[(n * bHeads + (bHeads === 1 ? 0 : h)) * Q + i]!;
    }
}

export function concatBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [dy, da, db] = [inputs[0]!.data, outputs[0]!, outputs[1]!];
  const [rows, heads, P] = da.shape as [number, number, number];
  const [, bHeads, Q] = db.shape as [number, number, number];
  const sums = new Float64Array(db.data.length);
  for (let n = 0; n < rows; n++)
    for (let h = 0; h < heads; h++) {
      const from = (n * heads + h) * (P + Q);
      for (let i = 0; i < P; i++) da.data[(n * heads + h) * P + i] = dy[from + i]!;
      for (let i = 0; i < Q; i++) {
        const at = (n * bHeads + (bHeads === 1 ? 0 : h)) * Q + i;
        sums[at] = sums[at]! + dy[from + P + i]!;
      }
    }
  db.data.set(sums);
}
