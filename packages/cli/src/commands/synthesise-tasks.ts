import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Progress, SynthesisRequest, SynthesisResult } from "@cachalot/synthesis";
import { Command } from "commander";
import { type ModelPlan, modelPlanFrom } from "../agent/agent-flags.js";
import { openModel } from "../agent/open-model.js";
import { databaseUrl } from "../agent/run-here.js";
import { requireSharedDatabase } from "../database.js";
import { CliError } from "../errors.js";
import { addEngineOptions, type EngineFlags, modelDirectory, repeated, wholeNumber } from "../options.js";
import { err, out } from "../terminal/output.js";
import { addUpstreamOptions, type UpstreamFlags } from "../upstream.js";

interface SynthesisFlags {
  out: string;
  count?: number;
  seed?: number;
  set?: string[];
  cache?: string;
  jobs: number;
  queue?: true;
  json?: true;
}

interface SynthesiseFlags extends SynthesisFlags, EngineFlags, UpstreamFlags {
  corpus?: string;
  roles?: string;
  from?: string;
}

export function synthesiseCommand(): Command {
  const command = withRunOptions(
    new Command("synthesise")
      .alias("synthesize")
      .summary("make verified tasks with a pipeline")
      .description(
        "Runs a pipeline: seeds become candidates, candidates that pass every gate become Harbor task folders. Stopped or killed, " +
          "the same command goes on where it was. With DATABASE_URL and --queue, workers share the items.",
      )
      .argument("<pipeline>", "its name: a file of pipelines/ in @cachalot/synthesis")
      .option(
        "--corpus <source>",
        "of search, or for --from: a Packages, dpkg status, .index or .jsonl file, or generated:COUNT",
      ),
  )
    .optionsGroup("Stages handed to a model:")
    .option("--roles <names>", "of search: question,answer,verify (default: programs do them)")
    .option("--from <sentence>", "of general: the model writes a world of it");
  return addUpstreamOptions(addEngineOptions(command), "A model elsewhere (in place of one on this machine):")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot tasks synthesise interpreter --count 300 --out tasks/interpreter\n" +
        "  apt-cache dumpavail > packages.txt && cachalot tasks synthesise search --corpus packages.txt --count 500 --out tasks/search\n" +
        "  cachalot tasks synthesise search --corpus pages.jsonl --roles answer,verify --upstream https://api.deepseek.com/v1 \\\n" +
        "    --upstream-key-env DEEPSEEK_API_KEY --profile deepseek --out tasks/search\n" +
        '  cachalot tasks synthesise general --from "Dinners for an office canteen" --upstream http://127.0.0.1:8000/v1 --out tasks/canteen',
    )
    .action(async (name: string, { corpus, roles, from, ...flags }: SynthesiseFlags) => {
      if (flags.queue) requireSharedDatabase("workers");
      const modelPlan = planFrom(flags, roles !== undefined || from !== undefined);
      // Workers open it: a process that waits for them needs none of its weights.
      const served = modelPlan && !flags.queue ? await openModel(modelPlan) : undefined;
      try {
        const more = { ...(corpus && { corpus }), ...(roles && { roles }), ...(from && { from }) };
        await run(name, flags, more, { ...(served && { model: served.model }), ...(modelPlan && { modelPlan }) });
      } finally {
        await served?.close();
      }
    });
}

/** The model that is named; none where no stage is to be handed over. */
function planFrom(flags: SynthesiseFlags, isWanted: boolean): ModelPlan | undefined {
  const { upstream, model } = flags;
  if (isWanted) {
    if (upstream === undefined) modelDirectory(flags);
    return modelPlanFrom(flags);
  }
  if (upstream === undefined && model === undefined) return undefined;
  throw new CliError(
    "invalid_input",
    "a model takes the roles that --roles names, or writes the world of --from; give one",
  );
}

interface MineFlags extends SynthesisFlags {
  git?: string[];
  npm?: string[];
  recipe?: string;
  issues?: string;
  sweBench?: string;
  limit: number;
}

export function mineCommand(): Command {
  return withRunOptions(
    new Command("mine")
      .summary("make code tasks of repositories and packages")
      .description(
        "Turns commits of git repositories, and neighbouring versions of npm packages that ship their tests, into tasks: the later " +
          "tests judge the earlier sources. Programs run in the sandbox alone; npm and its like download, and run nothing.",
      )
      .option("--git <path>", "a repository with its whole history; may be repeated", repeated)
      .option("--npm <name>", "a package of the registry that npm uses; may be repeated", repeated)
      .option("--recipe <file>", 'JSON of version pairs by hash: {"pairs": [{name, from: {version, integrity}, to}]}')
      .option("--issues <file>", "JSON of {number, title, body, commit?}: what commits that name one are asked with")
      .option("--swe-bench <file>", "instances of that format, JSON or JSONL, in place of the commits of --git")
      .option("--limit <count>", "candidates of each --git and each --npm", wholeNumber(1), 20),
  )
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot tasks mine --npm minimist --npm qs --limit 5 --out tasks/npm\n" +
        "  cachalot tasks mine --git ../project --issues issues.json --out tasks/project",
    )
    .action(async ({ git = [], npm = [], recipe, issues, sweBench, limit, ...flags }: MineFlags) => {
      if (flags.queue) requireSharedDatabase("workers");
      const listed = recipe === undefined ? {} : await readJson(recipe);
      const sources = { git: git.map((path) => resolve(path)), npm, limit };
      await run("code", flags, {
        ...listed,
        ...sources,
        ...(issues && { issues: resolve(issues) }),
        ...(sweBench && { sweBench: resolve(sweBench) }),
      });
    });
}

async function readJson(file: string): Promise<object> {
  const value = jsonOrText(await readFile(file, "utf8"));
  if (typeof value === "object" && value !== null) return value;
  throw new CliError("invalid_input", `${file} is no JSON object; write one such as {"pairs": []}`);
}

function withRunOptions(command: Command): Command {
  return command
    .requiredOption("-o, --out <dir>", "where task folders go, with the funnel and the record of the run")
    .option("-n, --count <seeds>", "seeds, or what the pipeline counts", wholeNumber(1))
    .option("--seed <number>", "of all random choices", wholeNumber(0))
    .option("--set <name=value>", "another option of the pipeline, as JSON or text; may be repeated", repeated)
    .option("--cache <dir>", "keeps downloads by their hash (default: .cache in --out)")
    .option("--jobs <count>", "items at once", wholeNumber(1), 1)
    .option("--queue", "leave the items to workers on the PostgreSQL at DATABASE_URL")
    .option("--json", "the funnel as JSON");
}

async function run(
  name: string,
  flags: SynthesisFlags,
  more: object,
  models: Pick<SynthesisRequest, "model" | "modelPlan"> = {},
): Promise<void> {
  const { formatFunnel, pipelineNamed, synthesise } = await import("@cachalot/synthesis");
  const { count, seed, set = [], out: directory, cache, jobs, queue, json } = flags;
  const options = { ...(count && { count }), ...(seed !== undefined && { seed }), ...settings(set), ...more };
  const interrupt = () => {
    err.print("\nStopped. The same command goes on from here.\n");
    process.exit(130);
  };
  process.once("SIGINT", interrupt);
  const result: SynthesisResult = await synthesise({
    ...{
      pipeline: pipelineNamed(name),
      options,
      out: directory,
      jobs,
      onProgress: (progress) => err.status(bar(progress)),
    },
    ...{ ...databaseUrl(), ...(cache && { cache }), ...(queue && { queue }), ...models },
  });
  process.off("SIGINT", interrupt);
  err.status("");
  if (json) out.json({ ...result.funnel, tasks: result.tasks });
  else out.print(formatFunnel(result.funnel));
}

/** `name=value` pairs; a value is JSON where it is some, else text. */
function settings(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new CliError("invalid_input", `--set ${pair} is no name=value; write it so`);
      return [pair.slice(0, at), jsonOrText(pair.slice(at + 1))];
    }),
  );
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const WIDTH = 24;

function bar({ done, kept, seeds, complete }: Progress): string {
  const full = Math.round((WIDTH * done) / Math.max(seeds, 1));
  return `[${"#".repeat(full)}${".".repeat(WIDTH - full)}] ${done} of ${seeds}${complete ? "" : "+"} items, ${kept} tasks`;
}
