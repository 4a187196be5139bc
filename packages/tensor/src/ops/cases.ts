import type { OpCase } from "../conformance.js";
import { accumulateCases } from "./accumulate/cases.js";
import { groupedLinearCases } from "./grouped-linear/cases.js";
import { headLinearCases } from "./head-linear/cases.js";
import { linearCases } from "./linear/cases.js";
import { rmsNormCases } from "./rms-norm/cases.js";

/** Every op's cases, by folder: the conformance suite and the benchmarks run them all. */
export const casesByOp: Readonly<Record<string, readonly OpCase[]>> = {
  accumulate: accumulateCases,
  "grouped-linear": groupedLinearCases,
  "head-linear": headLinearCases,
  linear: linearCases,
  "rms-norm": rmsNormCases,
};
