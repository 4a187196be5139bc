import { ENDPOINT_PROFILES } from "@cachalot/chat";
import type { Sample } from "@cachalot/evals";
import { Command, Option } from "commander";
import { requireSharedDatabase } from "../database.js";
import { CliError } from "../errors.js";
import { addAgentEvalOptions, filesFrom } from "../evals/agent-flags.js";
import { progressLine } from "../evals/progress.js";
import { printSelfTest } from "../evals/self-test.js";
import { type EvalFlags, setUpEvaluation } from "../evals/set-up.js";
import { printSummary } from "../evals/summary.js";
import { addEngineOptions, addSamplingOptions, wholeNumber } from "../options.js";
import { err, out } from "../terminal/output.js";
import { dim, text } from "../terminal/styled-text.js";

interface EvalCommandFlags extends EvalFlags {
  samples: number;
  out?: string;
  queue?: true;
  selfTest?: true;
  json?: true;
}

/** Samples that wait for workers at once. */
const MOST_QUEUED = 1000;

export function evalCommand(): Command {
  const command = new Command("eval")
    .summary("run a benchmark: right, wrong or not measured, with intervals")
    .description(
      "Asks a model the problems of a benchmark and grades its answers by rule. Every sample is written to the disk as it ends: the " +
        "same command goes on where it was stopped. Answers that were cut off, timed out or cannot be read are not measured: neither right nor wrong.",
    )
    .argument("<benchmark>", "its name; cachalot evals list tells them")
    .option(
      "--data <path>",
      "problems of your own: JSON lines, a JSON array or CSV, gzipped or not; a folder for tau2 and harbor",
    )
    .option("--limit <count>", "the first problems only", wholeNumber(1))
    .option("--samples <count>", "answers to each problem", wholeNumber(1), 1)
    .option("--out <dir>", "directory of the run (default: evals/..., the same for the same evaluation)")
    .option("--concurrency <count>", "answers at the same time", wholeNumber(1), 8)
    .option("--timeout <seconds>", "for one answer, its tools included", wholeNumber(1), 600)
    .option("--tokens <count>", "for one answer, all of its turns together", wholeNumber(1))
    .option("--no-thinking", "answer at once")
    .option("--queue", "leave the answers to workers (cachalot worker --evals) on the PostgreSQL at DATABASE_URL")
    .option("--self-test", "test the grader: gold, spoilt, cut off, empty and hostile answers")
    .option("--json", "print the summary as JSON");
  command
    .optionsGroup("Who else takes part:")
    .option("--user <model@url>", "a model that plays the users of conversations (default: scripted)")
    .option("--judge <model@url>", "a model that judges what no rule decides; it is calibrated first");
  addSamplingOptions(addEngineOptions(addAgentEvalOptions(command)))
    .optionsGroup("A model elsewhere:")
    .option("--base-url <url>", "an OpenAI-compatible endpoint, which ends in /v1; --model is then its model's name")
    .option("--api-key-env <name>", "environment variable with the key for it")
    .addOption(
      new Option("--profile <host>", "what runs there").choices(Object.keys(ENDPOINT_PROFILES)).default("generic"),
    )
    .addOption(
      new Option("--mode <mode>", "raw: we render V3.2's prompt and parse the answer; messages: the host does")
        .choices(["raw", "messages"])
        .default("messages"),
    )
    .addHelpText(
      "after",
      "\n--model also takes scripted:oracle, scripted:empty and scripted:wrong, which test a benchmark; scripted:searcher for browsecomp;\nand predictions:FILE, patches in SWE-bench's format, for swebench-patch.\n" +
        "\nExamples:\n  cachalot eval gsm8k --limit 50 --no-thinking\n  cachalot eval math-500 --base-url http://127.0.0.1:8000/v1 --samples 4 --max-tokens 16384\n" +
        "  cachalot eval final-answers --data problems.jsonl --model scripted:oracle\n  cachalot eval gsm8k --self-test",
    )
    .action(evaluate);
  return command;
}

async function evaluate(name: string, flags: EvalCommandFlags): Promise<void> {
  if (flags.selfTest) return selfTest(name, flags);
  if (flags.queue) refuseForQueue(flags);
  const { runBenchmark, summarise, defaultDirectory } = await import("@cachalot/evals");
  const { options, close, identity } = await setUpEvaluation(name, flags, flags.queue ? "elsewhere" : "here");
  const dir = flags.out ?? defaultDirectory(name, options.about.model, identity);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("stopped"));
  process.once("SIGINT", interrupt);
  const queue = flags.queue ? await openQueue(name, flags, dir) : undefined;
  try {
    const run = await runBenchmark({
      ...{ ...options, out: dir, samples: flags.samples, signal: stop.signal, onSample: progress() },
      concurrency: queue ? MOST_QUEUED : flags.concurrency,
      ...(queue && { elsewhere: queue.make }),
    });
    err.status("");
    const summary = summarise(run.samples);
    if (flags.json) out.json({ directory: dir, ...run.header, summary });
    else printSummary(run.header, summary);
    err.print(text`${dim(`${dir}: cachalot evals show, compare and export read it`)}\n`);
  } catch (error) {
    err.status("");
    if (!stop.signal.aborted) throw error;
    err.print(text`stopped; the same command goes on with ${dir}\n`);
    process.exitCode = 130;
  } finally {
    process.off("SIGINT", interrupt);
    await queue?.close();
    await close();
  }
}

async function selfTest(name: string, flags: EvalCommandFlags): Promise<void> {
  const { benchmarkNamed } = await import("@cachalot/evals");
  const { data, seed = 0, limit = 20 } = flags;
  const request = { ...(data !== undefined && { data }), ...filesFrom(flags), seed, limit };
  return printSelfTest(benchmarkNamed(name), request, flags.json);
}

/** @throws CliError `invalid_input` for what workers cannot share */
function refuseForQueue({ judge }: EvalFlags): void {
  requireSharedDatabase("workers");
  if (judge !== undefined)
    throw new CliError("invalid_input", "a judge is calibrated by the process that asks it; leave out --queue");
}

/** Loaded when it is wanted: the database is large. */
async function openQueue(
  name: string,
  { samples, out, queue, selfTest, json, ...flags }: EvalCommandFlags,
  dir: string,
) {
  const { openSampleQueue } = await import("../evals/sample-queue.js");
  return openSampleQueue(name, flags, dir);
}

/** At most twice a second. */
function progress(): (done: readonly Sample[], all: number) => void {
  const started = Date.now();
  let [shown, before] = [0, -1];
  return (done, all) => {
    if (before < 0) before = done.length;
    if (Date.now() - shown < 500 && done.length < all) return;
    shown = Date.now();
    err.status(progressLine(done, all, { before, seconds: (shown - started) / 1000 }));
  };
}
