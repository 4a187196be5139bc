// The stages of a pipeline side by side: pass@1 on held-out tasks by domain and mode, with 95 % intervals (Wilson), as a Markdown table.
//   cachalot tasks measure -m MODEL -n 100 --levels 1-2 --json > base.jsonl     (one file a model)
//   node bench/domains.mjs base=base.jsonl sft=sft.jsonl,sft-agent.jsonl ... [--json] [--out FILE]
// Several files of one column are pooled: each specialist measures its own domain.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { wilsonInterval } from "../packages/environments/dist/index.js";
import { commonOptions, publish } from "./report.mjs";

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: commonOptions });
if (positionals.length === 0) {
  console.error("usage: node bench/domains.mjs NAME=FILE[,FILE...] ...; see the head of this file");
  process.exit(1);
}

/** @typedef {{ tasks: number, solved: number, rollouts: number, tokens: number }} Count */
/** @type {Map<string, Map<string, Count>>} counts by "domain mode" and column */
const table = new Map();
const columns = positionals.map((argument) => {
  const [name = "", files = ""] = argument.split("=");
  for (const file of files.split(","))
    for (const line of readFileSync(file, "utf8").trim().split("\n")) add(name, JSON.parse(line));
  return name;
});

/** @param {string} column */
function add(column, { domain, mode, tasks, solved, notMeasured, tokens }) {
  const key = `${domain} ${mode}`;
  const row = table.get(key) ?? new Map();
  table.set(key, row);
  // A line counts tasks that were judged, and means its tokens over all.
  const rollouts = tasks + notMeasured;
  const before = row.get(column) ?? { tasks: 0, solved: 0, rollouts: 0, tokens: 0 };
  row.set(column, {
    tasks: before.tasks + tasks,
    solved: before.solved + solved,
    rollouts: before.rollouts + rollouts,
    tokens: before.tokens + rollouts * tokens,
  });
}

const results = [...table].flatMap(([key, row]) => {
  const [domain, mode] = key.split(" ");
  return [...row].map(([column, { tasks, solved, rollouts, tokens }]) => ({
    ...{ domain, mode, column, tasks },
    passAt1: solved / tasks,
    interval: wilsonInterval(solved, tasks),
    tokens: tokens / rollouts,
  }));
});

publish({ results }, options, () => {
  console.log(`| domain | mode | ${columns.join(" | ")} |\n|---|---|${columns.map(() => "---").join("|")}|`);
  for (const key of table.keys()) {
    const [domain, mode] = key.split(" ");
    const cells = columns.map((column) => {
      const cell = results.find(
        (result) => result.domain === domain && result.mode === mode && result.column === column,
      );
      if (!cell) return "";
      const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
      return `${percent(cell.passAt1)} (${cell.interval.map(percent).join("-")}), ${cell.tokens.toFixed(0)}`;
    });
    console.log(`| ${domain} | ${mode} | ${cells.join(" | ")} |`);
  }
});
