import { textField } from "../data/read-rows.js";
import { programs } from "../kinds/programs.js";

/** Chen et al. 2021. */
export const humaneval = programs({
  name: "humaneval",
  description: "Python functions by their docstrings, tests in the sandbox (164)",
  licence: "MIT",
  bundled: "humaneval.jsonl.gz",
  where: "github.com/openai/human-eval, data/HumanEval.jsonl.gz",
  expects:
    '{"task_id": "...", "prompt": "def ...", "entry_point": "...", "canonical_solution": "...", "test": "def check(candidate): ..."}',
  read(row, expects) {
    const [id, prefix, entry, solution, test] = ["task_id", "prompt", "entry_point", "canonical_solution", "test"].map(
      (field) => textField(row, [field], expects),
    ) as [string, string, string, string, string];
    return {
      id,
      prompt: `Complete this Python function. Answer with the whole function in one \`\`\`python block.\n\n\`\`\`python\n${prefix.trimEnd()}\n\`\`\``,
      prefix,
      tests: `${test}\ncheck(${entry})\n`,
      names: [entry],
      solution: prefix + solution,
    };
  },
});
