import { roundToBf16 } from "../../float-view.js";
import type { KernelCall } from "../../op.js";

export function cacheWriteReference({ inputs }: KernelCall<unknown>): void {
  const [pool, rows, slots] = [inputs[0]!, inputs[1]!, inputs[2]!.data];
  const width = rows.shape[1]!;
  const values = pool.dtype === "bf16" ? roundToBf16(rows.data) : rows.data;
  const words = new Uint32Array(Float32Array.from(values).buffer);
  slots.forEach((slot, row) => {
    for (let i = row * width; i < (row + 1) * width; i++)
      pool.data[slot * width + i - row * width] = pool.dtype === "bf16" ? words[i]! >>> 16 : values[i]!;
  });
}
