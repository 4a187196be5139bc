import type { OpCase } from "../../conformance.js";
import { cacheWriteOp } from "./op.js";

/** slots of the pool, width, slots written */
const sizes = [
  [3, 1, [2]],
  [200, 33, [5, 199, 0, 64, 65]],
] as const;

export const cacheWriteCases: OpCase[] = sizes.flatMap(([slots, width, written]) =>
  (["f32", "bf16"] as const).map((dtype) => ({
    op: cacheWriteOp,
    name: `${written.length} rows of ${width} into ${slots} slots of ${dtype}`,
    inputs: [
      { shape: [slots, width], dtype, values: new Float32Array(slots * width) },
      { shape: [written.length, width] },
      { shape: [written.length], dtype: "i32" as const, values: written },
    ],
    attrs: {},
  })),
);
