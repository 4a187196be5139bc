import { listRuns } from "@cachalot/agent";
import { Command } from "commander";
import type { RunsFlags } from "../agent/run-here.js";
import { err, out } from "../terminal/output.js";
import { bold, dim, green, text, yellow } from "../terminal/styled-text.js";
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
      const runs = await listRuns(dir, (runId, error) => err.print(yellow(`${runId}: ${error.message}\n`)));
      if (json) {
        for (const run of runs) out.json(run);
        return;
      }
      if (runs.length === 0) err.print(`There are no runs in ${dir}; cachalot agent "task" makes one.\n`);
      const ids = Math.max(0, ...runs.map(({ runId }) => runId.length));
      for (const { runId, state, steps, model, task } of runs) {
        const color = state === "answer" ? green : state === "unfinished" || state === "failed" ? yellow : dim;
        const count = `${steps} step${steps === 1 ? "" : "s"}`;
        out.print(
          text`${bold(runId.padEnd(ids))}  ${color(state.padEnd(10))}  ${count.padEnd(9)}  ${dim(model)}  ${oneLine(task, 60)}\n`,
        );
      }
    });
}
