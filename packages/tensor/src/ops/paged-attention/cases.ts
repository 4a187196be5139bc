import { BLOCK_SIZE } from "../../block-table.js";
import type { OpCase } from "../../conformance.js";
import { pagedInputs } from "../index-select/cases.js";
import { bf16Values } from "../linear/cases.js";
import { pagedAttentionOp } from "./op.js";

/** rows, heads, dim, valueDim, tokens, selected of them (0: dense) */
const sizes = [
  [1, 1, 2, 2, 1, 0],
  [3, 4, 24, 16, 70, 0],
  [5, 20, 40, 32, 300, 0],
  [1, 16, 48, 32, 1500, 0],
  [6, 4, 24, 16, 200, 37],
  [2, 18, 96, 64, 900, 700],
  // Few heads over whole vectors have a way of their own.
  [70, 4, 96, 64, 900, 255],
  [3, 3, 48, 32, 70, 0],
  [2, 4, 80, 80, 1300, 0],
] as const;

function selection(rows: number, tokens: number, k: number): number[] {
  return Array.from({ length: rows }, (_, r) => {
    const visible = Math.max(0, tokens - 1 - (r % 5) * 9) + 1;
    const count = Math.min(k - (r % 3), visible);
    return Array.from({ length: k }, (_, i) => (i < count ? Math.floor((i * visible) / count) : -1));
  }).flat();
}

export const pagedAttentionCases: OpCase[] = sizes.flatMap(([rows, heads, dim, valueDim, tokens, k]) =>
  (["f32", "bf16"] as const).map((dtype) => {
    const paged = pagedInputs(rows, tokens);
    const slots = paged.blocks * BLOCK_SIZE;
    return {
      op: pagedAttentionOp,
      name: `${rows} rows, ${heads} heads, ${k || "all"} of ${tokens} ${dtype} keys of ${dim}`,
      inputs: [
        { shape: [rows, heads, dim] },
        { shape: [slots, dim], dtype, ...(dtype === "bf16" ? { values: bf16Values(slots * dim) } : {}) },
        ...paged.inputs,
        k > 0 ? { shape: [rows, k], dtype: "i32" as const, values: selection(rows, tokens, k) } : undefined,
      ],
      attrs: { scale: 0.2, valueDim },
      // The kernel's probabilities are rounded to bf16 as well.
      ...(dtype === "bf16" ? { tolerance: 4e-3 } : {}),
    };
  }),
);
