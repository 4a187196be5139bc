import type { OpCase } from "../conformance.js";
import { accumulateCases } from "./accumulate/cases.js";
import { rmsNormCases } from "./rms-norm/cases.js";

/** Every op's cases, by folder: the conformance suite and the benchmarks run them all. */
export const casesByOp: Readonly<Record<string, readonly OpCase[]>> = {
  accumulate: accumulateCases,
  "rms-norm": rmsNormCases,
};
