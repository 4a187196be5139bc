import type { Gate } from "./gate.js";

/** What Harbor needs of a folder: an instruction, a verifier, and a deadline the verifier's own limit can hold. */
export const format: Gate = {
  name: "format",
  description: "the folder has an instruction, a verifier and a solution",
  runs: false,
  check({ task: { instruction, tests, solution } }) {
    const problems: string[] = [];
    if (instruction.trim() === "") problems.push("instruction.md is empty");
    if (!tests.has("test.sh")) problems.push("there is no tests/test.sh");
    if (!solution.has("solve.sh")) problems.push("there is no solution/solve.sh");
    return problems;
  },
};
