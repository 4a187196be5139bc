import type { DeviceName } from "@cachalot/tensor";
import { Command, Option } from "commander";
import { selectDevice } from "../device.js";
import { deviceOption, wholeNumber } from "../options.js";
import { err, out } from "../terminal/output.js";

interface EvaluateFlags {
  against?: string[];
  attention?: "dense" | "sparse";
  seq?: number;
  rows?: number;
  device?: DeviceName;
  json?: true;
}

export function evaluateCommand(): Command {
  return new Command("evaluate")
    .summary("measure a checkpoint's loss and perplexity on held-out data")
    .description(
      "Prints loss in nats per token, perplexity and bits per byte of a checkpoint, or of every finished stage of a run, on the same rows.",
    )
    .argument("<checkpoint>", "checkpoint directory, or run directory")
    .argument("<data>", "prepared data (what it holds out), or a .txt, .md, .jsonl or .parquet file (all of it)")
    .option("--against <checkpoint...>", "further checkpoints, on the same rows")
    .addOption(
      new Option("--attention <mode>", "default: sparse where the model has an indexer").choices(["dense", "sparse"]),
    )
    .option(
      "--seq <tokens>",
      "tokens per row (default: 1024, or the model's context where it is shorter)",
      wholeNumber(2),
    )
    .option("--rows <count>", "at most this many rows of each part (default: all)", wholeNumber(1))
    .addOption(deviceOption())
    .option("--json", "print as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot evaluate runs/own-text data/own-text\n  cachalot evaluate models/embedded notes.txt",
    )
    .action(async (path: string, data: string, flags: EvaluateFlags) => {
      const { checkpointsOf, evaluateCheckpoint } = await import("@cachalot/training");
      const device = selectDevice(flags.device);
      const { attention, seq, rows } = flags;
      const checkpoints = (await Promise.all([path, ...(flags.against ?? [])].map(checkpointsOf))).flat();
      const evaluations: Awaited<ReturnType<typeof evaluateCheckpoint>>[] = [];
      for (const checkpoint of checkpoints) {
        err.status(`evaluating ${checkpoint}`);
        evaluations.push(await evaluateCheckpoint(checkpoint, data, { device, attention, seq, rows }));
      }
      err.status("");
      if (flags.json) {
        out.json(evaluations);
        return;
      }
      for (const { checkpoint, attention: mode, seq: row, parts, ...all } of evaluations) {
        out.print(`${checkpoint} (${mode} attention, rows of ${row} tokens)\n`);
        for (const [name, loss] of [...Object.entries(parts), ["all", all] as const])
          out.print(`  ${line(name, loss)}\n`);
      }
    });
}

interface Loss {
  loss: number;
  perplexity: number;
  bitsPerByte: number | null;
  tokens: number;
}

function line(name: string, { loss, perplexity, bitsPerByte, tokens }: Loss): string {
  const bits = bitsPerByte === null ? "" : ` · ${bitsPerByte.toFixed(4)} bits per byte`;
  return `${name.padEnd(12)} loss ${loss.toFixed(4)} · perplexity ${perplexity.toFixed(3)}${bits} · ${tokens} tokens`;
}
