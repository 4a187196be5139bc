import { listRuns } from "@cachalot/agent";
import { Command } from "commander";
import pc from "picocolors";
import type { RunsFlags } from "../agent/run-here.js";
import { dirOption } from "./agent.js";

/** A task in one line. */
function oneLine(text: string, width: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

export function runsCommand(): Command {
  const command = new Command("runs")
    .summary("list agent runs")
    .description("Lists the runs whose traces are here: how each ended, its steps, model and task.");
  return dirOption(command)
    .option("--json", "one JSON object a line")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot runs\n  cachalot runs --json | jq -r 'select(.state == \"unfinished\").runId'",
    )
    .action(async ({ dir, json }: RunsFlags & { json?: true }) => {
      const runs = await listRuns(dir, (runId, error) =>
        process.stderr.write(pc.yellow(`${runId}: ${error.message}\n`)),
      );
      if (json) {
        for (const run of runs) process.stdout.write(`${JSON.stringify(run)}\n`);
        return;
      }
      if (runs.length === 0) process.stderr.write(`There are no runs in ${dir}; cachalot agent "task" makes one.\n`);
      const ids = Math.max(0, ...runs.map(({ runId }) => runId.length));
      for (const { runId, state, steps, model, task } of runs) {
        const color = state === "answer" ? pc.green : state === "unfinished" || state === "failed" ? pc.yellow : pc.dim;
        const count = `${steps} step${steps === 1 ? "" : "s"}`;
        process.stdout.write(
          `${pc.bold(runId.padEnd(ids))}  ${color(state.padEnd(10))}  ${count.padEnd(9)}  ${pc.dim(model)}  ${oneLine(task, 60)}\n`,
        );
      }
    });
}
