import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { crossEntropyOp } from "./op.js";

export const crossEntropyCases: OpCase[] = [
  [2, 5],
  [9, 50],
  [17, 4096],
].map(([rows, vocab]) => ({
  op: crossEntropyOp,
  name: `[${rows},${vocab}]`,
  inputs: [
    { shape: [rows!, vocab!], grad: true, scale: 3 },
    {
      shape: [rows!],
      dtype: "i32",
      values: (random: Random) =>
        Int32Array.from({ length: rows! }, (_, i) => (i % 4 === 3 ? -100 : random.integer(vocab!))),
    },
  ],
  attrs: {},
}));
