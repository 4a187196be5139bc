import type { OpCase } from "../../conformance.js";
import { bf16Values, rowsOf8Bits } from "../linear/cases.js";
import { groupedLinearOp } from "./op.js";

/** Group sizes (some empty), in, out. */
const sizes = [
  [[1], 3, 2],
  [[0, 5, 0, 2], 7, 9],
  [[20, 0, 33, 1, 4], 48, 96],
] as const;

function offsetsOf(counts: readonly number[]): number[] {
  const offsets = [0];
  for (const count of counts) offsets.push(offsets.at(-1)! + count);
  return offsets;
}

export const groupedLinearCases: OpCase[] = sizes.flatMap(([counts, K, N]) =>
  (["f32", "bf16", "u8"] as const).map((dtype) => {
    const offsets = offsetsOf(counts);
    const weight = { shape: [counts.length, N, dtype === "u8" ? K + 4 : K], dtype };
    const values = dtype === "u8" ? rowsOf8Bits(counts.length * N, K) : bf16Values(counts.length * N * K);
    return {
      op: groupedLinearOp,
      name: `groups ${counts.join("+")}, ${K} to ${N}, ${dtype}`,
      inputs: [
        { shape: [offsets.at(-1)!, K], grad: dtype !== "u8" },
        { shape: [offsets.length], dtype: "i32" as const, values: offsets },
        dtype === "f32" ? { ...weight, grad: true } : { ...weight, values },
        { shape: [counts.length, N + 1, K], grad: true },
      ],
      attrs: {},
    };
  }),
);
