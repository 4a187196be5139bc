import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { ropeOp } from "./op.js";

const angles = (rows: number, half: number, turn: (x: number) => number) => (random: Random) =>
  Float64Array.from({ length: rows * half }, () => turn(random.next() * 6));

export const ropeCases: OpCase[] = [
  { shape: [1, 1, 2], half: 1, start: 0 },
  { shape: [5, 3, 24], half: 4, start: 16 },
  { shape: [40, 4, 64], half: 16, start: 0 },
].flatMap(({ shape, half, start }) =>
  [true, false].map((interleaved) => ({
    op: ropeOp,
    name: `[${shape}] ${interleaved ? "interleaved" : "halves"}`,
    inputs: [
      { shape, grad: true },
      { shape: [shape[0]!, half], values: angles(shape[0]!, half, Math.cos) },
      { shape: [shape[0]!, half], values: angles(shape[0]!, half, Math.sin) },
    ],
    attrs: { start, interleaved, inverse: false },
  })),
);
