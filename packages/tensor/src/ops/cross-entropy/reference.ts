import { logSumExp } from "../../log-sum-exp.js";
import type { KernelCall } from "../../op.js";

/** loss[r] = logsumexp(logits[r]) - logits[r,target[r]] */
export function crossEntropyReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [logits, targets] = [inputs[0]!, inputs[1]!.data];
  const [rows, V] = logits.shape as [number, number];
  for (let r = 0; r < rows; r++)
    outputs[0]!.data[r] = targets[r]! < 0 ? 0 : logSumExp(logits.data, r * V, V) - logits.data[r * V + targets[r]!]!;
}

/** dlogits[r] = (softmax(logits[r]) - onehot(target[r])) dy[r] */
export function crossEntropyBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [logits, targets, dy] = [inputs[0]!, inputs[1]!.data, inputs[2]!.data];
  const dlogits = outputs[0]!.data;
  const [rows, V] = logits.shape as [number, number];
  for (let r = 0; r < rows; r++) {
    const target = targets[r]!;
    const total = target < 0 ? 0 : logSumExp(logits.data, r * V, V);
    for (let v = 0; v < V; v++)
      dlogits[r * V + v] =
        target < 0 ? 0 : (Math.exp(logits.data[r * V + v]! - total) - (v === target ? 1 : 0)) * dy[r]!;
  }
}
