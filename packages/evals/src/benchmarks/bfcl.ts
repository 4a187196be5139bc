/** Patil et al. 2025: Berkeley Function Calling Leaderboard v4, its Python categories and those of several turns. */

import { multiTurn } from "../bfcl/benchmark.js";
import { functionCalls } from "../kinds/function-calls.js";

export const bfclSimple = functionCalls({
  name: "bfcl-simple",
  description: "one function, one call (400)",
  bundled: "bfcl-simple-python.jsonl.gz",
});
export const bfclMultiple = functionCalls({
  name: "bfcl-multiple",
  description: "several functions, one call (200)",
  bundled: "bfcl-multiple.jsonl.gz",
});
export const bfclParallel = functionCalls({
  name: "bfcl-parallel",
  description: "one function, several calls (200)",
  bundled: "bfcl-parallel.jsonl.gz",
});
export const bfclParallelMultiple = functionCalls({
  name: "bfcl-parallel-multiple",
  description: "several functions, several calls (200)",
  bundled: "bfcl-parallel-multiple.jsonl.gz",
});
export const bfclMultiTurn = [
  multiTurn("base", "several turns on interfaces with a state (200)"),
  multiTurn("missing-functions", "the same, a function comes later (200)"),
  multiTurn("missing-parameters", "the same, a value comes later (200)"),
  multiTurn("long-context", "the same as base, with long files, lists and results (200)", true),
];
