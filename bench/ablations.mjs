// The stabilisers of GRPO, each off and on, over several seeds from one checkpoint: pass@1 on held-out tasks, gradient norms, mismatch.
// Each run is resumable, and one that has ended is not made again.
//   node bench/ablations.mjs [--start MODEL] [--studies kl,mask,replay,replay-long,sampling-mask] [--seeds 3] [--steps n] [--dir runs/ablations]
//                            [--plot FILE] [--json] [--out FILE]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureArm } from "./ablations/arm.mjs";
import { writeAblationPlot } from "./ablations/plot.mjs";
import { measureNames, studies } from "./ablations/studies.mjs";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    start: { type: "string", default: "models/embedded-families" },
    studies: { type: "string", default: Object.keys(studies).join() },
    seeds: { type: "string", default: "3" },
    /** Of every study, in place of its own. */
    steps: { type: "string" },
    dir: { type: "string", default: "runs/ablations" },
    plot: { type: "string" },
    ...commonOptions,
  },
});
const tasks = { tasksets: { sorting: { modes: ["chat"], levels: [2] } } };
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

/** @param {readonly number[]} values */
function meanAndError(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length - 1, 1);
  return { mean, error: Math.sqrt(variance / values.length), values };
}

const results = [];
for (const name of options.studies.split(",")) {
  const study = studies[name];
  if (!study) {
    console.error(`there is no study "${name}"; there are ${Object.keys(studies).join(", ")}`);
    process.exit(1);
  }
  for (const arm of study.arms) {
    const rows = seeds.map((seed) => {
      console.error(`${study.title}: ${arm.name}, seed ${seed}`);
      const dir = join(options.dir, name, `${arm.name.replace(/[^a-z0-9.]+/gi, "-")}-${seed}`);
      const steps = Number(options.steps ?? study.steps);
      return measureArm({ dir, start: options.start, seed, steps, stage: { tasks, ...study.stage } }, arm);
    });
    const measured = study.measures.map((measure) => [measure, meanAndError(rows.map((row) => row[measure]))]);
    results.push({ study: name, arm: arm.name, seeds: seeds.length, ...Object.fromEntries(measured) });
  }
}

if (options.plot) await writeAblationPlot(options.plot, results);
publish({ ...circumstances(Number(options.threads)), results }, options, () => {
  for (const name of options.studies.split(",")) {
    const { title, question, measures } = studies[name];
    console.log(`\n${title}: ${question}\n\n| | ${measures.map((measure) => measureNames[measure][0]).join(" | ")} |`);
    console.log(`|---|${measures.map(() => "---|").join("")}`);
    for (const row of results.filter(({ study }) => study === name)) {
      const cells = measures.map((measure) => {
        const digits = measureNames[measure][1];
        return `${row[measure].mean.toFixed(digits)} ± ${row[measure].error.toFixed(digits)}`;
      });
      console.log(`| ${row.arm} | ${cells.join(" | ")} |`);
    }
  }
});
