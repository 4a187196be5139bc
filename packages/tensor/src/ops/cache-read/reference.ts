import { readFloat } from "../../float-view.js";
import type { KernelCall } from "../../op.js";

export function cacheReadReference({ inputs, outputs }: KernelCall<unknown>): void {
  const pool = readFloat(inputs[0]!);
  const width = inputs[0]!.shape[1]!;
  inputs[1]!.data.forEach((slot, row) => {
    for (let i = 0; i < width; i++) outputs[0]!.data[row * width + i] = pool[slot * width + i]!;
  });
}
