import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import type { Scale } from "../reproduce/scale.js";
import { err, out } from "../terminal/output.js";
import { bold, green, text } from "../terminal/styled-text.js";

interface ReproduceFlags {
  scale: string;
  out?: string;
  only?: string[];
  list?: true;
  json?: true;
}

export function reproduceCommand(): Command {
  return new Command("reproduce")
    .summary("run the whole report at a small scale, and set its claims beside what was measured")
    .description(
      "Runs the DeepSeek-V3.2 report's pipeline step by step and ends with one HTML page: every claim, its published figure, the figure " +
        "here with its interval, a plot, the command. Stopped or killed, the same command goes on where it was; no finished step runs twice. " +
        "The page is there after the first step and grows.",
    )
    .addOption(
      new Option(
        "--scale <name>",
        "tiny: about half an hour on two cores; embedded: the committed recipes, overnight",
      ).default("tiny"),
    )
    .option("--out <dir>", "where runs, data, results and the page go (default: reproduce/SCALE)")
    .option("--only <steps...>", "these steps, with those they need that are not finished")
    .option("--list", "name the steps of the scale, and whether they are finished")
    .option("--json", "print the claims with their figures as JSON")
    .addHelpText(
      "after",
      "\nRun it in the root of a clone, where recipes/ lies. A scale is recipes/reproduce/SCALE/pipeline.json.\n" +
        "\nExamples:\n  cachalot reproduce --scale tiny\n  cachalot reproduce --scale tiny --list\n" +
        "  cachalot reproduce --scale tiny --only base held-out\n  cachalot reproduce --scale embedded --out runs/overnight --json > claims.json",
    )
    .action(reproduce);
}

async function reproduce(flags: ReproduceFlags): Promise<void> {
  const [{ loadScale }, { runPipeline }, { createView }] = await Promise.all([
    import("../reproduce/scale.js"),
    import("../reproduce/run-pipeline.js"),
    import("../reproduce/view.js"),
  ]);
  const scale = await loadScale(flags.scale);
  const dir = flags.out ?? join("reproduce", scale.name);
  if (flags.list) return list(scale, dir, flags.json);
  const stop = new AbortController();
  // Every rollout under way listens.
  setMaxListeners(0, stop.signal);
  const interrupt = () => stop.abort(new Error("stopped"));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    const view = createView(scale.minutes);
    const result = await runPipeline({ scale, dir, only: flags.only, view, signal: stop.signal });
    if (flags.json) out.json(result);
    else {
      for (const row of result.claims) {
        const figure = row.figure ? row.figure.text : `not measured: ${row.why}`;
        out.print(text`${bold(row.name)}  ${figure}\n`);
      }
      out.print(text`\n${result.page}\n`);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    err.print("stopped; the same command goes on from here\n");
    process.exitCode = 130;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

async function list(scale: Scale, dir: string, json: true | undefined): Promise<void> {
  const { stepsOf } = await import("../reproduce/steps/index.js");
  const { stepFile } = await import("../reproduce/run-directory.js");
  for (const { name, title, needs } of stepsOf(scale)) {
    const finished = existsSync(stepFile(dir, name));
    if (json) out.json({ step: name, title, needs, finished });
    else out.print(text`${finished ? green("done") : "    "}  ${bold(name.padEnd(24))}  ${title}\n`);
  }
}
