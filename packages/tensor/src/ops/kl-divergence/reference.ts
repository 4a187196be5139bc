import { logSumExp } from "../../log-sum-exp.js";
import type { KernelCall } from "../../op.js";
import { dimAt, rowsOf } from "../../shape.js";

/** loss[r] = sum_t p (log p - logit + logsumexp), over t with p > 0 and a finite logit */
export function klDivergenceReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [target, logits] = [inputs[0]!, inputs[1]!.data];
  const T = dimAt(target.shape, -1);
  for (let r = 0; r < rowsOf(target.shape); r++) {
    const total = logSumExp(logits, r * T, T);
    let sum = 0;
    for (let i = r * T; i < (r + 1) * T; i++) {
      const p = target.data[i]!;
      if (p > 0 && logits[i]! > Number.NEGATIVE_INFINITY) sum += p * (Math.log(p) - logits[i]! + total);
    }
    outputs[0]!.data[r] = sum;
  }
}

/** dlogits[r,t] = (softmax(logits[r])[t] sum_t p - p[t]) dy[r] */
export function klDivergenceBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [target, logits, dy] = [inputs[0]!, inputs[1]!.data, inputs[2]!.data];
  const T = dimAt(target.shape, -1);
  for (let r = 0; r < rowsOf(target.shape); r++) {
    const total = logSumExp(logits, r * T, T);
    let mass = 0;
    for (let i = r * T; i < (r + 1) * T; i++) if (logits[i]! > Number.NEGATIVE_INFINITY) mass += target.data[i]!;
    for (let i = r * T; i < (r + 1) * T; i++)
      outputs[0]!.data[i] =
        logits[i]! > Number.NEGATIVE_INFINITY ? (Math.exp(logits[i]! - total) * mass - target.data[i]!) * dy[r]! : 0;
  }
}
