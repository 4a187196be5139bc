/** Every benchmark: one file and one line each. */

import type { Benchmark } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import { aime } from "./aime.js";
import { bfclMultiple, bfclMultiTurn, bfclParallel, bfclParallelMultiple, bfclSimple } from "./bfcl.js";
import { browsecomp } from "./browsecomp.js";
import { anyFinalAnswers } from "./final-answers.js";
import { gpqa } from "./gpqa.js";
import { gsm8k } from "./gsm8k.js";
import { harbor } from "./harbor.js";
import { hmmt } from "./hmmt.js";
import { hotpotqa } from "./hotpotqa.js";
import { humaneval } from "./humaneval.js";
import { imoAnswerbench } from "./imo-answerbench.js";
import { livecodebench } from "./livecodebench.js";
import { math500 } from "./math-500.js";
import { mbpp } from "./mbpp.js";
import { mcpUniverse } from "./mcp-universe.js";
import { mmluPro } from "./mmlu-pro.js";
import { anyProofs, imoProofbench } from "./proofs.js";
import { swebench, swebenchPatch } from "./swebench.js";
import { tasksetBenchmarks } from "./tasksets.js";
import { tau2Airline, tau2Banking, tau2Retail, tau2Telecom } from "./tau2.js";

export const BENCHMARKS: readonly Benchmark[] = [
  gsm8k,
  math500,
  imoAnswerbench,
  aime,
  hmmt,
  anyFinalAnswers,
  gpqa,
  mmluPro,
  imoProofbench,
  anyProofs,
  humaneval,
  mbpp,
  livecodebench,
  bfclSimple,
  bfclMultiple,
  bfclParallel,
  bfclParallelMultiple,
  ...bfclMultiTurn,
  tau2Retail,
  tau2Airline,
  tau2Telecom,
  tau2Banking,
  browsecomp,
  hotpotqa,
  mcpUniverse,
  harbor,
  swebench,
  swebenchPatch,
  ...tasksetBenchmarks,
];

/** @throws EvalsError `unknown_benchmark`, which lists those there are */
export function benchmarkNamed(name: string): Benchmark {
  const found = BENCHMARKS.find((benchmark) => benchmark.name === name);
  if (found) return found;
  throw new EvalsError(
    "unknown_benchmark",
    `there is no benchmark ${JSON.stringify(name)}; there are ${BENCHMARKS.map(({ name }) => name).join(", ")}`,
  );
}
