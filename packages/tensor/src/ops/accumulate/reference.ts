import type { KernelCall } from "../../op.js";

/** target[i] += value[i] */
export function accumulateReference({ inputs }: KernelCall<unknown>): void {
  const target = inputs[0]!.data;
  const value = inputs[1]!.data;
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + value[i]!;
}
