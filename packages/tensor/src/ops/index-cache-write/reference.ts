import { KEY_GROUP } from "../../block-table.js";
import { quantizeRotated } from "../../hadamard.js";
import type { KernelCall } from "../../op.js";

export function indexCacheWriteReference({ inputs }: KernelCall<unknown>): void {
  const [pool, scales, keys, slots] = [inputs[0]!, inputs[1], inputs[2]!, inputs[3]!.data];
  const dim = keys.shape[1]!;
  slots.forEach((slot, row) => {
    const key = keys.data.subarray(row * dim, (row + 1) * dim);
    const [group, lane] = [Math.floor(slot / KEY_GROUP), slot % KEY_GROUP];
    if (!scales) {
      key.forEach((value, d) => {
        pool.data[(group * dim + d) * KEY_GROUP + lane] = value;
      });
      return;
    }
    const { integers, scale } = quantizeRotated(key);
    scales.data[slot] = scale;
    integers.forEach((value, d) => {
      pool.data[group * dim * KEY_GROUP + (Math.floor(d / 4) * KEY_GROUP + lane) * 4 + (d % 4)] = value + 128;
    });
  });
}
