import { Command } from "commander";
import { out } from "../terminal/output.js";

export function reportCommand(): Command {
  return new Command("report")
    .summary("write the report of a training run: one HTML page, and its plots as SVG")
    .description(
      "Draws loss, indexer KL, recall, expert load and speed of a run, finished or not. The page loads nothing.",
    )
    .argument("<run>", "run directory, for example runs/embedded")
    .option("-o, --output <dir>", "where report.html, summary.json and plots/ go (default: the run directory)")
    .option("--json", "print the numbers of the report as JSON")
    .addHelpText("after", "\nExample:\n  cachalot report runs/embedded --output docs/embedded")
    .action(async (run: string, flags: { output?: string; json?: true }) => {
      const { writeReport } = await import("@cachalot/training");
      const { html, summary } = await writeReport(run, flags.output);
      if (flags.json) out.json(summary);
      else out.data(`${html}\n`);
    });
}
