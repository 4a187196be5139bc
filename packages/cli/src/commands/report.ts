import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { out } from "../terminal/output.js";

export function reportCommand(): Command {
  return new Command("report")
    .summary("write the report of a training run, or of several in common plots: one HTML page, and its plots as SVG")
    .description(
      "Draws loss, indexer KL, recall, expert load and speed of a run, finished or not; of a stage of rollouts reward, pass@1, " +
        "masks and some rollouts. Of several runs it draws loss, reward, pass@1 by domain, KL and masks together, a colour a run, and " +
        "tells what their recipes say differently. The page loads nothing.",
    )
    .argument("<runs...>", "run directories, for example runs/embedded")
    .option(
      "-o, --output <dir>",
      "where report.html, summary.json and plots/ go (default: the run directory; of several, A-vs-B beside the first)",
    )
    .option("--json", "print the numbers of the report as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot report runs/embedded --output docs/embedded\n  cachalot report runs/k3 runs/unbiased",
    )
    .action(async ([run, ...others]: [string, ...string[]], flags: { output?: string; json?: true }) => {
      const { writeComparison, writeReport } = await import("@cachalot/training");
      const runs = [run, ...others];
      const written =
        others.length === 0
          ? await writeReport(run, flags.output)
          : await writeComparison(runs, flags.output ?? placeOf(runs));
      if (flags.json) out.json("summary" in written ? written.summary : written.comparison);
      else out.data(`${written.html}\n`);
    });
}

/** Beside the first run, named after all of them. */
function placeOf(runs: readonly string[]): string {
  const name = runs.map((run) => basename(resolve(run))).join("-vs-");
  return join(dirname(resolve(runs[0]!)), name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
