import { BLOCK_SIZE, KEY_GROUP } from "../../block-table.js";
import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { indexSelectOp } from "./op.js";

/** Two sequences whose blocks lie scattered in a pool of twice as many. */
export function pagedInputs(rows: number, tokens: number) {
  const perSequence = Math.ceil(tokens / BLOCK_SIZE);
  const total = 2 * perSequence;
  const blocks = Array.from({ length: total }, (_, i) => (i * 7 + 3) % (total % 7 === 0 ? total + 1 : total));
  return {
    blocks: Math.max(...blocks) + 1,
    inputs: [
      { shape: [rows], dtype: "i32" as const, values: Array.from({ length: rows }, (_, i) => (i < rows / 2 ? 0 : 1)) },
      {
        shape: [rows],
        dtype: "i32" as const,
        values: Array.from({ length: rows }, (_, i) => Math.max(0, tokens - 1 - (i % 5) * 9)),
      },
      { shape: [2, perSequence], dtype: "i32" as const, values: blocks },
    ],
  };
}

const integers = (size: number) => (random: Random) =>
  Uint8Array.from({ length: size }, () => 128 + Math.max(-127, Math.min(127, Math.round(40 * random.normal()))));

/** rows, heads, dim, tokens, k */
const sizes = [
  [1, 1, 4, 1, 3],
  [3, 4, 16, 70, 16],
  [5, 12, 24, 700, 33],
  [1, 8, 32, 5000, 100],
] as const;

export const indexSelectCases: OpCase[] = [
  ...sizes.flatMap(([rows, heads, dim, tokens, k]) =>
    (["f32", "u8"] as const).map((dtype) => {
      const paged = pagedInputs(rows, tokens);
      const groups = (paged.blocks * BLOCK_SIZE) / KEY_GROUP;
      const shape = [groups, dim, KEY_GROUP];
      return {
        op: indexSelectOp,
        name: `${rows} rows, ${heads} heads of ${dim}, ${k} of ${tokens} ${dtype} keys`,
        inputs: [
          { shape: [rows, heads, dim] },
          { shape: [rows, heads] },
          dtype === "f32" ? { shape } : { shape, dtype, values: integers(groups * dim * KEY_GROUP) },
          dtype === "f32"
            ? undefined
            : {
                shape: [groups, KEY_GROUP],
                values: (r: Random) => Float32Array.from({ length: groups * KEY_GROUP }, () => 1 + r.next()),
              },
          ...paged.inputs,
        ],
        attrs: { k, scale: 0.125 },
      };
    }),
  ),
  {
    op: indexSelectOp,
    name: "rows that see nothing before their document",
    inputs: [
      { shape: [4, 3, 8] },
      { shape: [4, 3] },
      { shape: [(pagedInputs(4, 300).blocks * BLOCK_SIZE) / KEY_GROUP, 8, KEY_GROUP] },
      undefined,
      ...pagedInputs(4, 300).inputs,
      { shape: [4], dtype: "i32" as const, values: [0, 33, 250, 271] },
    ],
    attrs: { k: 40, scale: 1 },
  },
  {
    op: indexSelectOp,
    name: "all scores equal",
    inputs: [
      { shape: [2, 2, 4], values: new Float32Array(16) },
      { shape: [2, 2] },
      { shape: [(pagedInputs(2, 3000).blocks * BLOCK_SIZE) / KEY_GROUP, 4, KEY_GROUP] },
      undefined,
      ...pagedInputs(2, 3000).inputs,
    ],
    attrs: { k: 40, scale: 1 },
  },
];
