/** Claims of section 4: evaluations, context strategies, contests, token efficiency. */

import { wilsonInterval } from "@cachalot/environments";
import { PUBLISHED_TABLES } from "@cachalot/evals";
import { percent, range } from "../../percent.js";
import { curvePlot, intervalPlot } from "../page/interval-plot.js";
import type { Results } from "../step.js";
import { benchmarks } from "../steps/benchmarks.js";
import { type StrategyRow, strategies } from "../steps/strategies.js";
import { tables } from "../steps/tables.js";
import type { Claim, Section } from "./claim.js";

/** A row of a published table, as "name value". */
function publishedRow(table: string, row: string): string {
  const { columns, rows } = PUBLISHED_TABLES.find(({ name }) => name === table)!;
  const [, ...values] = rows.find(([name]) => name === row)!;
  return columns.map((column, i) => `${column} ${values[i] ?? "–"}`).join(", ");
}

const own = (results: Results) =>
  (results.of(benchmarks)?.results ?? []).filter(({ model }) => !model.startsWith("scripted:"));

const finalAnswers: Claim = {
  name: "benchmarks",
  claim: "Reasoning benchmarks: final answers and calls, graded by rule.",
  published: `AIME 2025, percent: ${publishedRow("reasoning", "AIME 2025")}; HMMT Feb 2025: ${publishedRow("reasoning", "HMMT Feb 2025")}`,
  steps: [benchmarks],
  measure(results) {
    if (!results.of(benchmarks)) return undefined;
    const lines = own(results).map(({ benchmark, summary: { score, interval, samples, right, wrong, bounds } }) =>
      score === null
        ? `${benchmark} no score, within ${range(bounds)} % (${samples - right - wrong} of ${samples} not measured)`
        : `${benchmark} ${percent(score)} (${range(interval)}) of ${right + wrong}`,
    );
    return { text: lines.join("; ") };
  },
  plots: (results) => [
    {
      svg: intervalPlot(
        "share of right answers, by benchmark",
        own(results).map(({ benchmark, summary: { right, wrong, interval } }) => ({
          ...{ label: benchmark, value: right / Math.max(1, right + wrong), interval },
        })),
      ),
    },
  ],
  commands: (scale, dir) =>
    scale.benchmarks.map(
      ({ name, limit, maxTokens, thinking }) =>
        `cachalot eval ${name} --model ${dir}/runs/mixed/models/${scale.mixed.model} --limit ${limit} --max-tokens ${maxTokens}${thinking ? "" : " --no-thinking"}`,
    ),
};

const graders: Claim = {
  name: "graders",
  claim: "The graders give a right answer its due: an oracle that knows the gold gets everything.",
  published: "none",
  steps: [benchmarks],
  measure(results) {
    const rows = results.of(benchmarks)?.results.filter(({ model }) => model === "scripted:oracle");
    if (!rows) return undefined;
    const [right, all] = [
      rows.reduce((sum, { summary }) => sum + summary.right, 0),
      rows.reduce((sum, { summary }) => sum + summary.samples, 0),
    ];
    return {
      text: `${percent(right / Math.max(1, all))} of ${all} answers of the oracle are right, over ${rows.length} benchmarks`,
      interval: wilsonInterval(right, all),
    };
  },
  commands: (scale) =>
    scale.benchmarks.map(({ name, limit }) => `cachalot eval ${name} --model scripted:oracle --limit ${limit}`),
};

const tokenEfficiency: Claim = {
  name: "token-efficiency",
  claim: "Token efficiency: accuracy against output tokens, from one run.",
  published: `V3.2 Thinking: ${publishedRow("tokens", "V3.2 Thinking")}; V3.2 Speciale: ${publishedRow("tokens", "V3.2 Speciale")}`,
  steps: [benchmarks],
  measure(results) {
    if (!results.of(benchmarks)) return undefined;
    const lines = own(results).map(
      ({ benchmark, summary: { tokens }, tokensPerSolved }) =>
        `${benchmark} ${tokens.toFixed(0)} tokens an answer, ${tokensPerSolved === null ? "none right" : `${tokensPerSolved.toFixed(0)} for each right one`}`,
    );
    return { text: lines.join("; ") };
  },
  plots: (results) => [
    {
      svg: curvePlot(
        "share solved within so many output tokens",
        own(results).map(({ benchmark, curve }) => ({ label: benchmark, points: curve })),
      ),
    },
  ],
  commands: (scale, dir) => [
    `cachalot evals tables ${scale.benchmarks.map(({ name }) => `${dir}/evals/${name}-model`).join(" ")}`,
  ],
};

const share = ({ answered, questions }: StrategyRow) => ({
  value: answered / questions,
  interval: wilsonInterval(answered, questions),
});

const contextStrategies: Claim = {
  name: "context-strategies",
  claim:
    "Search with context management: Discard-all beats no management, Summary takes many more steps, parallel fewest-steps costs more.",
  published: "BrowseComp: no management 53.4 %, Summary up to 60.2 % with many more steps, Discard-all 67.6 %",
  steps: [strategies],
  measure(results) {
    const found = results.of(strategies);
    if (!found) return undefined;
    const lines = found.rows.map(
      (row) =>
        `${row.strategy} ${percent(share(row).value)} (${range(share(row).interval)}) in ${row.steps.toFixed(1)} steps`,
    );
    return {
      text: `${lines.join("; ")}; ${found.rows[0]!.questions} questions over generated pages, a window of ${found.window} tokens, a scripted agent`,
    };
  },
  plots: (results) => [
    {
      svg: intervalPlot(
        "questions answered, by context strategy",
        results
          .of(strategies)!
          .rows.map((row) => ({ label: `${row.strategy}, ${row.steps.toFixed(1)} steps`, ...share(row) })),
      ),
    },
  ],
  commands: () => ["node bench/context-strategies.mjs"],
};

const contests: Claim = {
  name: "contests",
  claim: "Gold medals of Speciale at IMO, CMO and IOI 2025.",
  published: "IMO 35 of 42, CMO 102 of 126, IOI 492 of 600: gold each",
  steps: [tables],
  measure(results) {
    const found = results.of(tables)?.contests;
    if (!found) return undefined;
    const lines = found.map(
      ({ contest, total, most, medal, agrees }) =>
        `${contest} ${total} of ${most}, ${medal ?? "medal as published"}, ${agrees ? "agrees" : "differs"}`,
    );
    return { text: `recomputed from the published marks: ${lines.join("; ")}. No model here takes part` };
  },
  commands: () => ["cachalot evals tables"],
};

const agents: Claim = {
  name: "agent-benchmarks",
  claim: "Agent benchmarks: Terminal-Bench 2.0, SWE-bench, tau2-bench, MCP-Universe, BrowseComp.",
  published: `${PUBLISHED_TABLES.find(({ name }) => name === "agents")!
    .rows.map(([name, value]) => `${name} ${value}`)
    .join(", ")} (percent, V3.2 Thinking)`,
  steps: [tables],
  measure: (results) =>
    results.of(tables) && {
      text: "published figures alone: a model of this size solves none of them, and their data are not bundled",
    },
  commands: () => ["cachalot evals tables"],
};

export const evaluations: Section = {
  title: "Evaluations (section 4)",
  claims: [finalAnswers, graders, tokenEfficiency, agents, contests, contextStrategies],
};
