import type { HostTensor, KernelCall } from "../../op.js";

/** log sum over the ids of exp(logits / temperature), in float64. */
function keptLogSumExp(row: ArrayLike<number>, temperature: number, ids: ArrayLike<number>): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ids.length; i++) max = Math.max(max, row[ids[i]!]! / temperature);
  let sum = 0;
  for (let i = 0; i < ids.length; i++) sum += Math.exp(row[ids[i]!]! / temperature - max);
  return max + Math.log(sum);
}

/** The tokens each row could have been drawn from: its span of `ids`, or the whole vocabulary. */
function keptOf([logits, , , ids, offsets]: readonly (HostTensor | undefined)[]) {
  const all = Int32Array.from({ length: logits!.shape[1]! }, (_, v) => v);
  return (r: number): ArrayLike<number> => {
    const [from, to] = [offsets!.data[r]!, offsets!.data[r + 1]!];
    return from === to ? all : (ids!.data.subarray(from, to) as Int32Array);
  };
}

/** loss[r] = logsumexp over kept v of logits[r,v] / T[r], less logits[r,target[r]] / T[r] */
export function crossEntropyKeptReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [logits, targets, temperatures] = [inputs[0]!, inputs[1]!.data, inputs[2]!.data];
  const [rows, V] = logits.shape as [number, number];
  const kept = keptOf(inputs);
  for (let r = 0; r < rows; r++) {
    const row = logits.data.subarray(r * V, (r + 1) * V);
    const target = targets[r]!;
    outputs[0]!.data[r] =
      target < 0 ? 0 : keptLogSumExp(row, temperatures[r]!, kept(r)) - row[target]! / temperatures[r]!;
  }
}

/** dlogits[r,v] = (softmax over the kept of logits[r] / T[r] at v - onehot(target[r])[v]) dy[r] / T[r] */
export function crossEntropyKeptBackwardReference({ inputs, outputs }: KernelCall<unknown>): void {
  const [logits, targets, temperatures] = [inputs[0]!, inputs[1]!.data, inputs[2]!.data];
  const dy = inputs[5]!.data;
  const dlogits = outputs[0]!.data;
  const [rows, V] = logits.shape as [number, number];
  const kept = keptOf(inputs);
  dlogits.fill(0);
  for (let r = 0; r < rows; r++) {
    const [target, temperature] = [targets[r]!, temperatures[r]!];
    if (target < 0) continue;
    const row = logits.data.subarray(r * V, (r + 1) * V);
    const total = keptLogSumExp(row, temperature, kept(r));
    const scale = dy[r]! / temperature;
    for (const v of Array.from(kept(r))) dlogits[r * V + v] = Math.exp(row[v]! / temperature - total) * scale;
    dlogits[r * V + target] = dlogits[r * V + target]! - scale;
  }
}
