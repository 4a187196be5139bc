import type { OpCase } from "../../conformance.js";
import { bf16Values } from "../linear/cases.js";
import { cacheReadOp } from "./op.js";

export const cacheReadCases: OpCase[] = (["f32", "bf16"] as const).map((dtype) => ({
  op: cacheReadOp,
  name: `rows of ${dtype}`,
  inputs: [
    { shape: [90, 33], dtype, ...(dtype === "bf16" ? { values: bf16Values(90 * 33) } : {}) },
    { shape: [4], dtype: "i32" as const, values: [89, 0, 64, 7] },
  ],
  attrs: {},
}));
