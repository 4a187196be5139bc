import { basename, resolve } from "node:path";
import { Command, Option } from "commander";
import { err, out } from "../terminal/output.js";

/** As `TASK_EXPORTS` of synthesis, which help must not wait for. */
const EXPORTS = ["verifiers", "openenv", "trl", "verl", "swe-bench"];

export function exportCommand(): Command {
  return new Command("export")
    .summary("write task folders for other trainers")
    .description(
      "Harbor task folders are what Harbor reads as they are. Others get prompts (TRL, verl), or a package that plays the tasks on " +
        "cachalot env serve (verifiers, OpenEnv). SWE-bench instances hold patches and tests; no other export holds a solution or a verifier.",
    )
    .argument("<folder>", "of task folders")
    .addOption(new Option("--to <format>", "whose").choices(EXPORTS).makeOptionMandatory())
    .requiredOption("-o, --out <dir>", "where it goes; what is there is replaced")
    .option("--json", "the files as JSON")
    .addHelpText("after", "\nExample:\n  cachalot tasks export tasks/general --to verifiers --out exports/general")
    .action(async (folder: string, { to, out: directory, json }: { to: string; out: string; json?: true }) => {
      const { exportTasks, findTasks } = await import("@cachalot/synthesis");
      const tasks = await Promise.all((await findTasks(folder)).map(({ read }) => read()));
      const name = basename(resolve(folder))
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-");
      const files = await exportTasks(tasks, to, name, directory);
      if (json) out.json({ tasks: tasks.length, files });
      else err.print(`${tasks.length} tasks in ${files.join(", ")}\n`);
    });
}
