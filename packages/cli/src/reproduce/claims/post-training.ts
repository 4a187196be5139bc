/** Claims of section 3: specialists, distillation, mixed reinforcement learning, Speciale. */

import { percent } from "../../percent.js";
import { intervalPlot } from "../page/interval-plot.js";
import { type Scale, SPECIALISTS } from "../scale.js";
import type { Results } from "../step.js";
import { type DomainRow, domains } from "../steps/domains.js";
import { mixed } from "../steps/mixed.js";
import { speciale } from "../steps/speciale.js";
import { specialists } from "../steps/specialists.js";
import { student } from "../steps/student.js";
import type { Claim, Section } from "./claim.js";
import { compared, domainPlotRows, pooled, told } from "./pass-rates.js";

/** pass@1 of a model, row by row. */
const measureAll = ({ measure: { levels, tasks } }: Scale, model: string): string =>
  `cachalot tasks measure -m ${model} --levels ${levels.join(",")} -n ${tasks}`;

/** Tasksets by domain, of the specialists' rows in the table. */
function setsOf(results: Results): Record<string, string[]> {
  const rows = (results.of(domains)?.rows ?? []).filter(({ column }) => column === "specialist");
  const sets: Record<string, string[]> = {};
  for (const { domain, taskset } of rows) sets[domain] = [...new Set([...(sets[domain] ?? []), taskset])];
  return sets;
}

const WORDS: Readonly<Record<(typeof SPECIALISTS)[number], [claim: string, sets: readonly string[]]>> = {
  mathematics: ["mathematics", ["arithmetic", "countdown"]],
  programming: ["programming", ["list-functions", "python-expression"]],
  logic: ["general logical reasoning", ["sorting", "circuits", "knights-knaves", "sudoku"]],
  agent: ["general agentic tasks", ["database"]],
  coding: ["agentic coding", ["bug-fix"]],
  search: ["agentic search", ["fact-search"]],
};

const specialistClaims: Claim[] = SPECIALISTS.map((name, i) => ({
  name: `specialist-${name}`,
  claim: `A specialist of one base by large-scale reinforcement learning, thinking and not: ${WORDS[name][0]}.`,
  published: "six specialists; their scores are not given",
  steps: [specialists[i]!, domains],
  measure: (results) => compared(results, "sft", "specialist", { tasksets: WORDS[name][1] }),
  plots: (results) =>
    ["pass-at-1", "reward"].map((plot) => ({ file: `${results.of(specialists[i]!)!.run}/plots/${plot}.svg` })),
  commands: (scale, dir) => [
    `cachalot tasks measure -m ${dir}/runs/specialist-${name}/models/rl ${WORDS[name][1].join(" ")} --levels ${scale.measure.levels.join(",")} -n ${scale.measure.tasks}`,
  ],
}));

const distillation: Claim = {
  name: "distillation",
  claim: "Models trained on the specialists' data come only slightly under them.",
  published: "only slightly below the specialists; no figures",
  steps: [student, domains],
  measure: (results) => compared(results, "specialist", "student"),
  plots: (results) => [
    {
      svg: intervalPlot(
        "pass@1 by domain: specialists and student",
        domainPlotRows(results, ["specialist", "student"], setsOf(results)),
      ),
    },
  ],
  commands: (scale, dir) => [measureAll(scale, `${dir}/runs/student/models/distill`)],
};

const closesTheGap: Claim = {
  name: "mixed-closes-the-gap",
  claim: "The reinforcement learning that follows closes the gap to the specialists.",
  published: "the gap is eliminated; no figures",
  steps: [mixed, domains],
  measure: (results) => compared(results, "student", "mixed"),
  plots: (results) => [{ file: `${results.of(mixed)!.run}/plots/pass-at-1.svg` }],
  commands: (scale, dir) => [measureAll(scale, `${dir}/runs/mixed/models/${scale.mixed.model}`)],
};

const forgetsNone: Claim = {
  name: "mixed-forgets-none",
  claim: "One mixed stage over reasoning, agent and alignment tasks forgets none of them.",
  published: "avoids the forgetting of stages one after the other; no figures",
  steps: [mixed, domains],
  measure(results) {
    const rows = results.of(domains)?.rows;
    if (!rows) return undefined;
    const names = [...new Set(rows.map(({ domain }) => domain))];
    const worse = names.filter((domain) => {
      const tasksets = rows.filter((row) => row.domain === domain).map(({ taskset }) => taskset);
      const [before, after] = (["student", "mixed"] as const).map((column) => pooled(results, { column, tasksets }));
      return before && after && after.interval[1] < before.interval[0];
    });
    return {
      text: `${names.length - worse.length} of ${names.length} domains are no worse than the student's, by their intervals${worse.length > 0 ? `; worse: ${worse.join(", ")}` : ""}; one seed`,
    };
  },
  plots: (results) => [
    {
      svg: intervalPlot(
        "pass@1 by domain: base, student, mixed",
        domainPlotRows(results, ["base", "student", "mixed"], byDomain(results)),
      ),
    },
  ],
  commands: (scale, dir) => [measureAll(scale, `${dir}/runs/mixed/models/${scale.mixed.model}`)],
};

function byDomain(results: Results): Record<string, string[]> {
  const sets: Record<string, string[]> = {};
  for (const { domain, taskset } of results.of(domains)?.rows ?? ([] as DomainRow[]))
    sets[domain] = [...new Set([...(sets[domain] ?? []), taskset])];
  return sets;
}

const specialeClaim: Claim = {
  name: "speciale",
  claim: "Speciale: reasoning data only and a smaller length penalty give higher accuracy for more tokens.",
  published:
    "AIME 2025 96.0 % for 23k tokens, against 93.1 % for 16k; HMMT Feb 2025 99.2 % for 27k against 92.5 % for 19k",
  steps: [mixed, speciale, domains],
  measure(results) {
    const tasksets = (results.of(domains)?.rows ?? [])
      .filter(({ column }) => column === "speciale")
      .map(({ taskset }) => taskset);
    const [own, other] = (["speciale", "mixed"] as const).map((column) =>
      pooled(results, { column, tasksets, mode: "thinking" }),
    );
    if (!own || !other) return undefined;
    return {
      text: `${percent(own.passAt1)} of ${own.tasks} held-out reasoning tasks for ${own.tokens.toFixed(1)} tokens (Speciale, thinking), against ${told(other)} for ${other.tokens.toFixed(1)} (mixed); one seed`,
      interval: own.interval,
    };
  },
  plots: (results) => [{ file: `${results.of(speciale)!.run}/plots/length.svg` }],
  commands: (scale, dir) => [measureAll(scale, `${dir}/runs/speciale/models/rl`)],
};

export const postTraining: Section = {
  title: "Specialists, distillation, mixed training, Speciale (section 3)",
  claims: [...specialistClaims, distillation, closesTheGap, forgetsNone, specialeClaim],
};
