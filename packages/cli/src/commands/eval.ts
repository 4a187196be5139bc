import type { EndpointProfileName, SamplingOptions } from "@cachalot/chat";
import { ENDPOINT_PROFILES } from "@cachalot/chat";
import type { Benchmark, ModelFor, RunOptions, Sample } from "@cachalot/evals";
import { Command, Option } from "commander";
import { type AgentEvalFlags, addAgentEvalOptions, agentFrom, filesFrom } from "../evals/agent-flags.js";
import { guestsOf } from "../evals/guests.js";
import { progressLine } from "../evals/progress.js";
import { printSelfTest } from "../evals/self-test.js";
import { printSummary } from "../evals/summary.js";
import {
  addEngineOptions,
  addSamplingOptions,
  type EngineFlags,
  embeddedModel,
  engineFlagsFrom,
  engineFrom,
  samplingFrom,
  wholeNumber,
} from "../options.js";
import { err, out } from "../terminal/output.js";
import { dim, text } from "../terminal/styled-text.js";
import { remoteOptionsFrom } from "../upstream.js";
import { version } from "../version.js";

interface EvalFlags extends EngineFlags, SamplingOptions, AgentEvalFlags {
  baseUrl?: string;
  apiKeyEnv?: string;
  profile: EndpointProfileName;
  mode: "raw" | "messages";
  data?: string;
  limit?: number;
  samples: number;
  thinking: boolean;
  concurrency: number;
  timeout: number;
  tokens?: number;
  user?: string;
  judge?: string;
  out?: string;
  selfTest?: true;
  json?: true;
}

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
      "problems of your own: JSON lines, a JSON array or CSV, gzipped or not; a folder for tau2, bfcl-multi-turn and harbor",
    )
    .option("--limit <count>", "the first problems only", wholeNumber(1))
    .option("--samples <count>", "answers to each problem", wholeNumber(1), 1)
    .option("--out <dir>", "directory of the run (default: evals/..., the same for the same evaluation)")
    .option("--concurrency <count>", "answers at the same time", wholeNumber(1), 8)
    .option("--timeout <seconds>", "for one answer, its tools included", wholeNumber(1), 600)
    .option("--tokens <count>", "for one answer, all of its turns together", wholeNumber(1))
    .option("--no-thinking", "answer at once")
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

async function evaluate(name: string, flags: EvalFlags): Promise<void> {
  const evals = await import("@cachalot/evals");
  const benchmark = evals.benchmarkNamed(name);
  const files = filesFrom(flags);
  const { data, limit = Number.POSITIVE_INFINITY, samples, concurrency } = flags;
  const seed = flags.seed ?? 0;
  if (flags.selfTest)
    return printSelfTest(
      benchmark,
      { ...(data !== undefined && { data }), ...files, seed, limit: flags.limit ?? 20 },
      flags.json,
    );
  const subject = await subjectOf(flags, benchmark);
  const agent = agentFrom(flags);
  const guests = await guestsOf(flags, benchmark, { ...(data !== undefined && { data }), seed, limit });
  const { seed: _seed, ...sampling } = samplingFrom(flags);
  const thinkingMode = flags.thinking ? ("thinking" as const) : ("chat" as const);
  const { tokens } = flags;
  const about = { ...subject.about, ...guests.about };
  const what = {
    name,
    data,
    ...about,
    sampling,
    thinkingMode,
    seed,
    ...files,
    ...agent,
    ...(tokens !== undefined && { budget: tokens }),
  };
  const dir = flags.out ?? evals.defaultDirectory(name, subject.about.model, what);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("stopped"));
  process.once("SIGINT", interrupt);
  try {
    const run = await evals.runBenchmark({
      ...{ benchmark, model: subject.model, about: { ...about, cachalot: version }, out: dir, limit, samples },
      ...{ company: guests.company, ...(tokens !== undefined && { tokens }) },
      ...{ sampling, thinkingMode, seed, concurrency, timeoutMs: 1000 * flags.timeout, signal: stop.signal },
      ...{ files, ...(data !== undefined && { data }), ...(agent && { agent }) },
      ...(subject.tokenizer && { tokenizer: subject.tokenizer }),
      onSample: progress(),
    });
    err.status("");
    const summary = evals.summarise(run.samples);
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
    await subject.close();
  }
}

interface Subject {
  model: ModelFor;
  about: Omit<RunOptions["about"], "cachalot">;
  /** The model's own, where it is here. */
  tokenizer?: RunOptions["tokenizer"];
  close(): Promise<void>;
}

/** A script, an endpoint or a model on this machine. */
async function subjectOf(flags: EvalFlags, benchmark: Benchmark): Promise<Subject> {
  const { predictionsModel, scriptedModel } = await import("@cachalot/evals");
  const { model: named } = flags;
  const script = named === undefined ? undefined : (scriptedModel(named, benchmark) ?? (await predictionsModel(named)));
  if (script)
    return { model: script, about: { model: flags.model!, engine: "script", codec: "none" }, close: async () => {} };
  if (flags.baseUrl !== undefined) {
    const { createRemoteModel } = await import("@cachalot/chat");
    const { model: upstreamModel, apiKeyEnv: upstreamKeyEnv, profile, mode } = flags;
    const remote = createRemoteModel(
      await remoteOptionsFrom(flags.baseUrl, {
        profile,
        mode,
        ...(upstreamModel && { upstreamModel }),
        ...(upstreamKeyEnv && { upstreamKeyEnv }),
      }),
    );
    const codec = mode === "raw" ? "DeepSeek-V3.2" : "the host's";
    return {
      model: () => remote,
      about: { model: remote.id, engine: `${profile} at ${flags.baseUrl}`, codec },
      close: async () => {},
    };
  }
  const engine = await engineFrom(flags, { maxSequences: flags.concurrency, maxQueue: flags.concurrency });
  const { model = embeddedModel(), ...rest } = engineFlagsFrom(flags);
  const { loadTokenizer } = await import("@cachalot/model");
  const settings = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return {
    model: () => engine,
    about: {
      model: flags.model === undefined ? engine.id : model,
      engine: ["cachalot", ...settings].join(", "),
      codec: "DeepSeek-V3.2",
    },
    tokenizer: await loadTokenizer(model),
    close: () => engine.close(),
  };
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
