import { resolve } from "node:path";
import { applyWorkspace, readTrace, tracePath } from "@cachalot/agent";
import { Command } from "commander";
import type { RunsFlags } from "../agent/run-here.js";
import { workspaceOf } from "../agent/workspace-review.js";
import { CliError } from "../errors.js";
import { err } from "../terminal/output.js";
import { dirOption } from "./agent.js";

export function applyCommand(): Command {
  const command = new Command("apply")
    .summary("make the changes of an agent's run in your folder")
    .description(
      "Applies what a run with --workspace changed: all of it, or nothing where you changed one of the files meanwhile.",
    )
    .argument("<run>", "its name, as cachalot runs lists it");
  return dirOption(command)
    .option("--to <folder>", "apply it here (default: the folder the run was given)")
    .addHelpText(
      "after",
      "\nExample:\n  cachalot show 20261124-030405-a1b2 --diff && cachalot apply 20261124-030405-a1b2",
    )
    .action(async (runId: string, { dir, to }: RunsFlags & { to?: string }) => {
      const { run } = await readTrace(tracePath(dir, runId));
      const plan = workspaceOf({ agent: run.options?.agent });
      if (plan === undefined)
        throw new CliError(
          "invalid_input",
          `${runId} worked on no folder; begin one with cachalot agent --workspace DIR`,
        );
      const folder = to === undefined ? plan.directory : resolve(to);
      const applied = await applyWorkspace(dir, runId, plan, folder);
      err.print(applied.length === 0 ? "Nothing changes.\n" : `Applied to ${folder}: ${applied.join(", ")}\n`);
    });
}
