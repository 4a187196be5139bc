// The stages of a pipeline side by side: pass@1 on held-out tasks by domain and mode, with 95 % intervals (Wilson), as a Markdown table.
//   cachalot tasks measure -m MODEL -n 100 --levels 1-2 --json > base.jsonl     (one file a model)
//   node bench/domains.mjs base=base.jsonl sft=sft.jsonl,sft-agent.jsonl ... [--json] [--out FILE]
// Several files of one column are pooled: each specialist measures its own domain. `--by level` has a row for each level and mode instead.
// Behind a share and its interval stand the mean tokens of an answer, and of a solved one.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { wilsonInterval } from "../packages/environments/dist/index.js";
import { commonOptions, publish } from "./report.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { ...commonOptions, by: { type: "string", default: "domain" } },
});
const { by } = options;
if (positionals.length === 0 || !["domain", "level"].includes(by)) {
  console.error("usage: node bench/domains.mjs NAME=FILE[,FILE...] ... [--by domain|level]; see the head of this file");
  process.exit(1);
}

/** @typedef {{ tasks: number, solved: number, rollouts: number, tokens: number, solvedTokens: number }} Count */
/** @type {Map<string, Map<string, Count>>} counts by "domain mode" (or level) and column */
const table = new Map();
const columns = positionals.map((argument) => {
  const [name = "", files = ""] = argument.split("=");
  for (const file of files.split(","))
    for (const line of readFileSync(file, "utf8").trim().split("\n")) add(name, JSON.parse(line));
  return name;
});

/** @param {string} column */
function add(column, { domain, level, mode, tasks, solved, notMeasured, tokens, solvedTokens }) {
  // A line counts tasks that were judged, and means its tokens over all.
  const rollouts = tasks + notMeasured;
  const one = { tasks, solved, rollouts, tokens: rollouts * tokens, solvedTokens: solved * (solvedTokens ?? 0) };
  for (const group of [{ domain, level }[by], "all"]) {
    const row = table.get(`${group} ${mode}`) ?? new Map();
    table.set(`${group} ${mode}`, row);
    const before = row.get(column);
    row.set(column, before ? sum(before, one) : one);
  }
}

/** @param {Count} a @param {Count} b @returns {Count} */
function sum(a, b) {
  return {
    tasks: a.tasks + b.tasks,
    solved: a.solved + b.solved,
    rollouts: a.rollouts + b.rollouts,
    tokens: a.tokens + b.tokens,
    solvedTokens: a.solvedTokens + b.solvedTokens,
  };
}

const results = [...table].flatMap(([key, row]) => {
  const [group, mode] = key.split(" ");
  return [...row].map(([column, { tasks, solved, rollouts, tokens, solvedTokens }]) => ({
    ...{ [by]: group, mode, column, tasks },
    passAt1: solved / tasks,
    interval: wilsonInterval(solved, tasks),
    tokens: tokens / rollouts,
    solvedTokens: solved === 0 ? undefined : solvedTokens / solved,
  }));
});

publish({ results }, options, () => {
  console.log(`| ${by} | mode | ${columns.join(" | ")} |\n|---|---|${columns.map(() => "---").join("|")}|`);
  for (const key of [...table.keys()].sort((a, b) => Number(a.startsWith("all")) - Number(b.startsWith("all")))) {
    const [group, mode] = key.split(" ");
    const cells = columns.map((column) => {
      const cell = results.find((result) => result[by] === group && result.mode === mode && result.column === column);
      if (!cell) return "";
      const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
      const tokens = [cell.tokens, cell.solvedTokens].map((mean) => mean?.toFixed(1) ?? "-").join(", ");
      return `${percent(cell.passAt1)} (${cell.interval.map(percent).join("-")}), ${tokens}`;
    });
    console.log(`| ${group} | ${mode} | ${cells.join(" | ")} |`);
  }
});
