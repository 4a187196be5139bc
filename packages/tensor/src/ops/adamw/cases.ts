import type { OpCase } from "../../conformance.js";
import type { Random } from "../../random.js";
import { adamwOp } from "./op.js";

const squares = (n: number) => (random: Random) => Float64Array.from({ length: n }, () => random.normal() ** 2);

export const adamwCases: OpCase[] = [1, 17, 40_000].flatMap((n) =>
  [1, 100].map((step) => ({
    op: adamwOp,
    name: `n=${n} step ${step}`,
    inputs: [{ shape: [n] }, { shape: [n] }, { shape: [n], values: squares(n) }, { shape: [n] }],
    attrs: {
      learningRate: 1e-2,
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0.1,
      step,
      gradientScale: 0.5,
    },
  })),
);
