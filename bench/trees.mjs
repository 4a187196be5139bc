// Two checkouts of this repository, interleaved: the embedded model's prefill and decoding in the engine, with recording off and on, and its
// training steps, each tree with its own build and its own bench/model.mjs.
//   git worktree add ../old COMMIT && (cd ../old && npm install && npm run build)
//   node bench/trees.mjs ../old [--rounds 3] [--json] [--out FILE]
// A recording that a tree does not know is left out.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, ...commonOptions },
});
if (positionals.length !== 1) {
  console.error("usage: node bench/trees.mjs OLD_TREE; see the head of this file for how to make one");
  process.exit(1);
}
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const trees = { old: resolve(positionals[0]), new: path("..") };
const folder = mkdtempSync(join(tmpdir(), "cachalot-trees-"));

/** What a child writes to a file of its own. */
function measured(tree, command) {
  const out = join(folder, "out.json");
  const { status } = spawnSync(process.execPath, [...command, "--threads", options.threads, "--out", out], {
    cwd: tree,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`${command[0]} failed in ${tree}; run it there by hand`);
  return JSON.parse(readFileSync(out, "utf8"));
}

/** Tokens a second by work, one round of one tree. */
function ratesOf(tree) {
  const engine = measured(tree, [path("trees-engine.mjs"), tree]);
  const model = measured(tree, [join(tree, "bench/model.mjs"), "--rounds", "2"]);
  const training = model.results.filter(({ name }) => name.startsWith("train"));
  return { ...engine, ...Object.fromEntries(training.map(({ name, tokensPerSecond }) => [name, tokensPerSecond])) };
}

const best = { old: {}, new: {} };
for (let round = 0; round < Number(options.rounds); round++)
  for (const [name, tree] of Object.entries(trees))
    for (const [work, rate] of Object.entries(ratesOf(tree))) best[name][work] = Math.max(best[name][work] ?? 0, rate);
rmSync(folder, { recursive: true });

const rows = Object.entries(best.new).map(([work, rate]) => ({ work, old: best.old[work], new: rate }));
publish({ ...circumstances(Number(options.threads)), results: rows }, options, () => {
  console.log(`\n${"tokens/s".padEnd(44)}${"old".padStart(9)}${"new".padStart(9)}   new / old`);
  for (const { work, old, new: rate } of rows) {
    const ratio = old === undefined ? "" : (rate / old).toFixed(3);
    console.log(`${work.padEnd(44)}${(old?.toFixed(0) ?? "").padStart(9)}${rate.toFixed(0).padStart(9)}   ${ratio}`);
  }
});
