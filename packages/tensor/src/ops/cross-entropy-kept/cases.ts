import type { OpCase } from "../../conformance.js";
import { Random } from "../../random.js";
import { crossEntropyKeptOp } from "./op.js";

/** Of every row: no target, the whole vocabulary, one token, or some, its target among them. */
function rowsOf(rows: number, vocab: number) {
  const random = new Random(rows);
  const targets: number[] = [];
  const ids: number[] = [];
  const offsets = [0];
  for (let r = 0; r < rows; r++) {
    const target = random.integer(vocab);
    targets.push(r % 5 === 4 ? -100 : target);
    const others = r % 3 === 2 ? 0 : Math.min(vocab, 1 + random.integer(40));
    if (r % 3 > 0) ids.push(target);
    if (r % 3 === 1)
      for (let i = 1; i < others; i++) {
        const id = (target + i) % vocab;
        if (id !== target) ids.push(id);
      }
    offsets.push(ids.length);
  }
  return { targets, ids, offsets };
}

export const crossEntropyKeptCases: OpCase[] = [
  [2, 5],
  [11, 50],
  [17, 4096],
].map(([rows, vocab]) => {
  const { targets, ids, offsets } = rowsOf(rows!, vocab!);
  return {
    op: crossEntropyKeptOp,
    name: `[${rows},${vocab}], ${ids.length} kept`,
    inputs: [
      { shape: [rows!, vocab!], grad: true, scale: 3 },
      { shape: [rows!], dtype: "i32", values: targets },
      { shape: [rows!], values: targets.map((_, r) => [1, 0.7, 2][r % 3]!) },
      { shape: [ids.length], dtype: "i32", values: ids },
      { shape: [rows! + 1], dtype: "i32", values: offsets },
    ],
    attrs: {},
  };
});
