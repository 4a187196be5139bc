// Every bundled benchmark and taskset with an oracle, an agent that answers nothing, and the embedded model: score with its interval,
// what was not measured, wall time, as a Markdown table. Runs are those of `cachalot eval`, which go on where they were stopped.
//   node bench/evals.mjs --runs DIR [--models scripted:oracle,scripted:empty,models/embedded] [--benchmarks NAME,...]
//                        [--limit n] [--json] [--out FILE]
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    ...commonOptions,
    runs: { type: "string" },
    models: { type: "string", default: "scripted:oracle,scripted:empty,models/embedded" },
    benchmarks: { type: "string" },
    limit: { type: "string", default: "50" },
  },
});
const runs = options.runs;
if (runs === undefined) throw new Error("--runs is missing; name a directory for the runs");
const cachalot = fileURLToPath(new URL("../packages/cli/bin/cachalot.js", import.meta.url));
const models = options.models.split(",");

/** @param {string[]} args */
async function run(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [cachalot, ...args], { maxBuffer: 1 << 28 });
  return stdout.trim().split("\n");
}

/** @type {string[]} */
const names =
  options.benchmarks?.split(",") ??
  (await run("evals", "list", "--json"))
    .map((line) => JSON.parse(line))
    .filter(({ bundled }) => bundled)
    .map(({ name }) => name);

const results = [];
for (const benchmark of names)
  for (const model of models) {
    const started = Date.now();
    const dir = join(runs, `${benchmark}-${model.replace(/[^a-z0-9]+/gi, "-")}`);
    const limits = ["--limit", options.limit, "--no-thinking", "--max-tokens", "256"];
    console.error(`${benchmark}, ${model}`);
    try {
      const [line = ""] = await run("eval", benchmark, "--model", model, ...limits, "--out", dir, "--json");
      const { summary } = JSON.parse(line);
      results.push({ benchmark, model, ...summary, seconds: (Date.now() - started) / 1000 });
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      results.push({ benchmark, model, failed: true });
    }
  }

/** @param {{ failed?: boolean, right: number, samples: number, wrong: number, interval: number[], seconds: number } | undefined} result */
function cell(result) {
  if (!result || result.failed) return "failed";
  const percent = (/** @type {number} */ share) => (100 * share).toFixed(0);
  const measured = result.right + result.wrong;
  const score =
    measured === 0 ? "not measured" : `${result.right} of ${measured} (${result.interval.map(percent).join("-")} %)`;
  return `${score}, ${result.seconds.toFixed(0)} s`;
}

publish({ ...circumstances(Number(options.threads)), limit: Number(options.limit), results }, options, () => {
  console.log(`| benchmark | ${models.join(" | ")} |\n|---|${models.map(() => "---|").join("")}`);
  for (const name of names) {
    const cells = models.map((model) =>
      cell(results.find((result) => result.benchmark === name && result.model === model)),
    );
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
});
