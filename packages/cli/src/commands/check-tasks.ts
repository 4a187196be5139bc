import { Command } from "commander";
import { repeated, wholeNumber } from "../options.js";
import { err, out } from "../terminal/output.js";
import { bold, dim, green, red, text } from "../terminal/styled-text.js";

interface CheckFlags {
  git: string[];
  repeats: number;
  mutants: number;
  seed: number;
  jobs: number;
  json?: true;
}

export function checkCommand(): Command {
  return new Command("check")
    .summary("put task folders through the gates: a linter for environments")
    .description(
      "Builds each task's environment in the sandbox, runs its verifier over nothing, over the reference solution and over mutated " +
        "ones, and looks for leaks, flaky verdicts, hidden requirements and duplicates. Takes Harbor task folders of any origin, and " +
        "files of SWE-bench instances with --git clones of their repositories; no container daemon is needed.",
    )
    .argument("<paths...>", "task folders, folders of them, or .json and .jsonl files of SWE-bench instances")
    .option("--git <path>", "a clone that instances are of; may be repeated", repeated, [])
    .option("--repeats <count>", "of the verifier, over the same state", wholeNumber(1), 3)
    .option("--mutants <count>", "mutated solutions tried", wholeNumber(1), 6)
    .option("--seed <number>", "of mutants and orders", wholeNumber(0), 0)
    .option("--jobs <count>", "tasks at once", wholeNumber(1), 1)
    .option("--json", "one JSON object a task: {task, passed, failures: [{gate, why}]}")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot tasks check tasks/\n  cachalot tasks check tasks/ --json | jq -c 'select(.passed | not)'",
    )
    .action(check);
}

async function check(paths: string[], { json, git, ...options }: CheckFlags): Promise<void> {
  const { checkTasks, findInstances, findTasks } = await import("@cachalot/synthesis");
  const found = [];
  for (const path of paths)
    found.push(...(/\.jsonl?$/.test(path) ? await findInstances(path, git) : await findTasks(path)));
  let [done, failed] = [0, 0];
  err.status(`0 of ${found.length} tasks`);
  for await (const { task, passed, failures } of checkTasks(found, options)) {
    err.status("");
    if (!passed) failed++;
    if (json) out.json({ task, passed, failures });
    else {
      out.print(text`${passed ? green("passed") : red("failed")}  ${bold(task)}\n`);
      for (const { gate, why } of failures) out.print(text`        ${gate}: ${dim(why)}\n`);
    }
    err.status(`${++done} of ${found.length} tasks`);
  }
  err.status("");
  if (!json) err.print(`${found.length - failed} of ${found.length} tasks passed\n`);
  if (failed > 0) process.exitCode = 1;
}
