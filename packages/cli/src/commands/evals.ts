import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../errors.js";
import { marksCommand } from "../evals/marks.js";
import { printSummary } from "../evals/summary.js";
import { printTables } from "../evals/tables.js";
import { wholeNumber } from "../options.js";
import { percent, range } from "../percent.js";
import { out } from "../terminal/output.js";
import { bold, dim, green, red, text, yellow } from "../terminal/styled-text.js";

export function evalsCommand(): Command {
  return new Command("evals")
    .summary("list benchmarks; show, compare and export runs of cachalot eval")
    .description("Lists the benchmarks there are, and reads the directories that cachalot eval wrote.")
    .addHelpText("after", "\nExamples:\n  cachalot evals list\n  cachalot evals compare evals/gsm8k-a evals/gsm8k-b")
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(compareCommand())
    .addCommand(exportCommand())
    .addCommand(tablesCommand())
    .addCommand(contestCommand())
    .addCommand(marksCommand())
    .addCommand(contaminationCommand());
}

function listCommand(): Command {
  return new Command("list")
    .summary("list the benchmarks")
    .description(
      "Lists the benchmarks: whether their problems are bundled, or which file is expected and where it can be had.",
    )
    .option("--json", "one JSON object a line")
    .addHelpText("after", "\nExample:\n  cachalot evals list --json | jq -r .name")
    .action(async ({ json }: { json?: true }) => {
      const { BENCHMARKS } = await import("@cachalot/evals");
      const width = Math.max(...BENCHMARKS.map(({ name }) => name.length));
      for (const { name, description, licence, source } of BENCHMARKS) {
        if (json) out.json({ name, description, licence, ...source });
        else
          out.print(
            text`${bold(name.padEnd(width))}  ${description}${dim(source.bundled ? `  bundled, ${licence}` : `  --data FILE: ${source.expects}; from ${source.where}`)}\n`,
          );
      }
    });
}

function showCommand(): Command {
  return new Command("show")
    .summary("show a run: its score, and samples that went wrong")
    .description("Shows the summary of a run, and some of its samples with what was read as the answer and why.")
    .argument("<dir>", "directory of a run")
    .option("--samples <count>", "of each verdict", wholeNumber(0), 3)
    .option("--json", "the header and summary as JSON")
    .addHelpText("after", "\nExample:\n  cachalot evals show evals/gsm8k-cachalot-embedded-1a2b3c4d")
    .action(async (dir: string, flags: { samples: number; json?: true }) => {
      const { readRun, summarise } = await import("@cachalot/evals");
      const { header, samples } = await readRun(dir);
      const summary = summarise(samples);
      if (flags.json) return out.json({ ...header, summary });
      printSummary(header, summary);
      const colours = { right: green, wrong: red, "not measured": yellow };
      for (const verdict of ["right", "wrong", "not measured"] as const)
        for (const sample of samples.filter((one) => one.verdict === verdict).slice(0, flags.samples))
          out.print(
            text`\n${colours[verdict](sample.reason ?? verdict)}  ${sample.item}  gold ${sample.gold}, answer ${sample.answer ?? "none"}\n  ${dim(sample.because)}\n`,
          );
    });
}

function compareCommand(): Command {
  return new Command("compare")
    .summary("the paired difference of two runs")
    .description(
      "Compares two runs of one benchmark problem by problem: the difference with its interval, and what flipped.",
    )
    .argument("<a>", "directory of a run")
    .argument("<b>", "directory of another")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  cachalot evals compare evals/gsm8k-a evals/gsm8k-b")
    .action(async (a: string, b: string, { json }: { json?: true }) => {
      const { compareRuns, readRun } = await import("@cachalot/evals");
      const [left, right] = [await readRun(a), await readRun(b)];
      const result = compareRuns(left, right);
      if (json) return out.json(result);
      const { scores, difference, interval, problems, apart, flipped } = result;
      out.print(text`${left.header.model}: ${percent(scores[0])}; ${right.header.model}: ${percent(scores[1])}\n`);
      const sure = interval[0] > 0 || interval[1] < 0 ? "" : dim(" (the interval holds 0)");
      out.print(
        text`difference ${bold(percent(difference))}, 95 % interval ${range(interval)}${sure}, on ${problems} problems of both\n`,
      );
      if (apart > 0) out.print(text`${yellow(`${apart} problems were measured by one of them only`)}\n`);
      for (const { item, from } of flipped)
        out.print(text`${from === "right" ? red("lost") : green("won ")}  ${item}\n`);
    });
}

function exportCommand(): Command {
  return new Command("export")
    .summary("write a run in a format that others read")
    .description(
      "Writes a run as Inspect's log, lm-evaluation-harness' results, JUnit XML, a Parquet table or an HTML page with plots.",
    )
    .argument("<dir>", "directory of a run")
    .requiredOption("--format <name>", "inspect, lm-eval, junit, parquet or html")
    .option("--out <file>", "default: a name of the format beside the run")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot evals export evals/gsm8k-a --format html\n  cachalot evals export evals/gsm8k-a --format inspect --out logs/gsm8k.eval",
    )
    .action(async (dir: string, flags: { format: string; out?: string }) => {
      const { EXPORTS, readRun } = await import("@cachalot/evals");
      const format = EXPORTS.find(({ name }) => name === flags.format);
      if (!format)
        throw new CliError(
          "invalid_input",
          `there is no format ${flags.format}; there are ${EXPORTS.map(({ name }) => name).join(", ")}`,
        );
      const file = flags.out ?? join(dir, `run${format.extension}`);
      await mkdir(dirname(file), { recursive: true });
      await writeAtomic(file, format.write(await readRun(dir)));
      out.print(text`${file}\n`);
    });
}

function tablesCommand(): Command {
  return new Command("tables")
    .summary("the report's tables, published rows marked")
    .description(
      "Prints the published figures of the report: reasoning, agents, contests with their totals and medals recomputed from the marks, token efficiency. Runs of your own stand below them.",
    )
    .argument("[runs...]", "directories of runs to print below")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  cachalot evals tables evals/aime-mine")
    .action(async (dirs: string[], { json }: { json?: true }) => {
      const evals = await import("@cachalot/evals");
      const runs = await Promise.all(dirs.map((dir) => evals.readRun(dir)));
      const contests = evals.PUBLISHED_CONTESTS.map(({ contest, entrant, marks, published }) => ({
        ...{ contest: contest.name, entrant, marks, published, recomputed: evals.standingOf(contest, marks) },
      }));
      const measured = runs.map(({ header, samples }) => {
        const { score, interval, tokens } = evals.summarise(samples);
        return {
          benchmark: header.benchmark,
          model: header.model,
          score,
          interval,
          tokens,
          tokensPerSolved: evals.tokenCurve(samples).tokensPerSolved,
        };
      });
      if (json) return out.json({ source: evals.SOURCE, tables: evals.PUBLISHED_TABLES, contests, measured });
      printTables(evals.PUBLISHED_TABLES, contests, measured, evals.SOURCE);
    });
}

function contestCommand(): Command {
  return new Command("contest")
    .summary("total and medal of marks in a contest")
    .description(
      "Adds up the marks of a contest and tells the medal by its cut-offs: those recorded here, or those you give.",
    )
    .argument("<contest>", "imo-2025, cmo-2025, ioi-2025 or usamo-2025")
    .argument("<marks>", "a mark for each problem, with commas between them")
    .addOption(new Option("--cutoffs <list>", "fewest marks for gold, silver and bronze").argParser(numbers))
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  cachalot evals contest ioi-2025 100,82,72,100,55,83 --cutoffs 430,320,220")
    .action(async (name: string, list: string, flags: { cutoffs?: number[]; json?: true }) => {
      const { contestNamed, standingOf } = await import("@cachalot/evals");
      const [gold, silver, bronze] = flags.cutoffs ?? [];
      if (flags.cutoffs && !(flags.cutoffs.length === 3 && gold! >= silver! && silver! >= bronze!))
        throw new CliError("invalid_input", "--cutoffs are three numbers, gold's first; such as 35,28,19");
      const contest = {
        ...contestNamed(name),
        ...(flags.cutoffs && { cutoffs: { gold: gold!, silver: silver!, bronze: bronze! } }),
      };
      const standing = standingOf(contest, numbers(list));
      if (flags.json) return out.json({ contest: contest.name, ...standing });
      out.print(
        text`${contest.name}  ${standing.total} of ${standing.most}, ${standing.medal ?? "no medal told: give --cutoffs"}\n`,
      );
    });
}

function numbers(list: string): number[] {
  const values = list.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!values.every(Number.isFinite)) throw new InvalidArgumentError("must be numbers with commas between them");
  return values;
}

function contaminationCommand(): Command {
  return new Command("contamination")
    .summary("problems of a benchmark that a training corpus has")
    .description(
      'Looks for thirteen words in a row of a benchmark\'s problems in files of a corpus: JSON lines or plain text. A shorter problem is looked for whole. Canaries ("canary GUID ...") are named as well, those of other sets too.',
    )
    .argument("<benchmark>", "its name")
    .argument("<files...>", "of the corpus")
    .option("--data <file>", "problems of your own")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExample:\n  cachalot evals contamination gsm8k corpus/*.jsonl")
    .action(async (name: string, files: string[], { data, json }: { data?: string; json?: true }) => {
      const { benchmarkNamed, corpusTexts, findOverlap } = await import("@cachalot/evals");
      const items = [];
      for await (const item of benchmarkNamed(name).items({
        seed: 0,
        limit: Number.POSITIVE_INFINITY,
        ...(data !== undefined && { data }),
      }))
        items.push(item);
      const missing = files.find((file) => !existsSync(file));
      if (missing !== undefined)
        throw new CliError("invalid_input", `there is no file ${missing}; pass files of the corpus`);
      const report = await findOverlap(
        items,
        (async function* () {
          for (const file of files) yield* corpusTexts(file);
        })(),
      );
      if (json) return out.json(report);
      const { overlaps, skipped, canaries } = report;
      out.print(
        text`${overlaps.length} of ${items.length} problems stand in the corpus${skipped > 0 ? `; ${skipped} are too short to be looked for` : ""}\n`,
      );
      for (const { item, share, where, words } of overlaps)
        out.print(text`${item}  ${percent(share)}  ${where}  ${dim(words)}\n`);
      for (const { where, words } of canaries) out.print(text`${yellow("canary")}  ${where}  ${dim(words)}\n`);
    });
}
