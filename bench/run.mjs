// npm run bench: checks that the kernels are right, then measures them, a few minutes' worth.
//   npm run bench [-- --full] [-- --results DIR] [-- --threads n]
// --full adds every matrix shape, contexts up to 128K, training at 30M parameters, and llama.cpp where
// `node bench/llama/install.mjs` has put it. Every part prints what it found and writes it to DIR (default bench/results)
// as JSON; cost-by-context.svg there draws the cost of a token by its context.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeCostPlot } from "./plot.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const { values: options } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    results: { type: "string", default: path("results") },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const results = resolve(options.results);

/**
 * On a machine with more cores than threads, threads stay on the first ones.
 * @returns {[command: string, args: string[]]}
 */
function pinned(command, args) {
  const threads = Number(options.threads);
  const canPin = threads < availableParallelism() && spawnSync("taskset", ["--version"]).status === 0;
  return canPin ? ["taskset", ["-c", `0-${threads - 1}`, command, ...args]] : [command, args];
}

function run(title, command, args) {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(...pinned(command, args), { stdio: "inherit", cwd: path("..") });
  if (status !== 0) {
    console.error(`${title}: failed, so nothing after it was measured`);
    process.exit(1);
  }
}

function measure(title, name, args = []) {
  const out = `${results}/${name}.json`;
  const common = name === "codec" ? [] : ["--threads", options.threads];
  run(title, process.execPath, [path(`${name}.mjs`), ...args, ...common, "--out", out]);
  return JSON.parse(readFileSync(out, "utf8"));
}

const vitest = path("../node_modules/.bin/vitest");
run("correctness", vitest, ["run", "packages/tensor/src/conformance.test.ts", "--reporter=dot"]);
measure("the machine", "limits");
measure("matrix products", "gemm", options.full ? [] : ["--filter", "square"]);
measure("indexer and top-k", "indexer");
measure("the embedded model's shape", "model", options.full ? ["--full"] : []);
const context = measure(
  "cost by context",
  "context",
  options.full ? [] : ["--depths", "512,2048,8192,32768", "--rounds", "1"],
);
measure("prompts and completions", "codec");
const points = context.results.flatMap(({ work, depth, sparse, dense }) => [
  { work, depth, series: `sparse, top ${context.topK}`, milliseconds: sparse },
  { work, depth, series: "dense", milliseconds: dense },
]);
if (options.full) {
  if (existsSync(path("llama/node_modules/node-llama-cpp"))) {
    const { results: raced } = measure("llama.cpp on the same weights", "llama");
    for (const { name, depth, tokensPerSecond, peer } of raced) {
      const [work, tokens] = name === "prefill" ? ["prefill 512", 512] : ["decode 1", 1];
      const at = { work, depth: Math.max(depth, 512) };
      points.push({ ...at, series: "sparse, top 512", milliseconds: (1000 * tokens) / tokensPerSecond });
      points.push({ ...at, series: "llama.cpp, top 512", milliseconds: (1000 * tokens) / peer });
    }
  } else console.log("\nllama.cpp is not installed (`node bench/llama/install.mjs`): not raced");
  measure("sixteen answers at once", "concurrency");
}
const plot = `${results}/cost-by-context.svg`;
await writeCostPlot(plot, points, {
  title: "Cost by context",
  subtitle: `143M parameters in bf16, ${context.threads} threads, ${context.machine}`,
});
console.log(`\nresults and plot: ${results}`);
