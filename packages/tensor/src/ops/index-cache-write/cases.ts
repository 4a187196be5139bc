import { KEY_GROUP } from "../../block-table.js";
import type { OpCase } from "../../conformance.js";
import { indexCacheWriteOp } from "./op.js";

/** groups, dim, slots written */
const sizes = [
  [1, 4, [3]],
  [8, 24, [0, 127, 64, 65, 31]],
  [5, 64, [1, 2, 3, 70]],
] as const;

export const indexCacheWriteCases: OpCase[] = sizes.flatMap(([groups, dim, written]) =>
  (["f32", "u8"] as const).map((dtype) => ({
    op: indexCacheWriteOp,
    name: `${written.length} keys of ${dim} into ${groups} groups of ${dtype}`,
    inputs: [
      { shape: [groups, dim, KEY_GROUP], dtype, values: new Float32Array(groups * dim * KEY_GROUP) },
      dtype === "u8" ? { shape: [groups, KEY_GROUP], values: new Float32Array(groups * KEY_GROUP) } : undefined,
      { shape: [written.length, dim] },
      { shape: [written.length], dtype: "i32" as const, values: written },
    ],
    attrs: {},
  })),
);
