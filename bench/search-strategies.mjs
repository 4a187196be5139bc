// Accuracy against steps of the context strategies on generated search, by `cachalot eval browsecomp`'s own runs, which go on
// where they were stopped. The decisions are a script's: it believes what it has noted, so only what is forgotten is doubted.
//   node bench/search-strategies.mjs --runs DIR [--questions n] [--window n] [--steps n] [--out FILE] [--plot FILE]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchmarkNamed, runBenchmark, scriptedModel, summarise } from "@cachalot/evals";
import { writeSvg } from "./plot.mjs";
import { publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    runs: { type: "string" },
    questions: { type: "string", default: "60" },
    window: { type: "string", default: "8000" },
    steps: { type: "string", default: "150" },
    out: { type: "string" },
    plot: { type: "string" },
  },
});
if (options.runs === undefined) throw new Error("--runs is missing; name a directory for the runs");
const benchmark = benchmarkNamed("browsecomp");
const model = scriptedModel("scripted:searcher", benchmark);
if (!model) throw new Error("there is no searcher");
const [limit, window, steps] = [options.questions, options.window, options.steps].map(Number);

const results = [];
const curves = [];
for (const strategy of /** @type {const} */ (["none", "summary", "discard-75", "discard-all", "fewest-steps"])) {
  const { samples } = await runBenchmark({
    ...{ benchmark, model, agent: { strategy, window, steps }, out: join(options.runs, strategy), limit, samples: 1 },
    about: { model: "scripted:searcher", engine: "script", codec: "none", cachalot: "0.1.0" },
    ...{ sampling: {}, thinkingMode: "thinking", seed: 1, concurrency: 4, timeoutMs: 600_000 },
  });
  const { score, interval } = summarise(samples);
  const mean = (of) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  results.push({
    ...{ strategy, score, interval, steps: mean((sample) => sample.steps), edits: mean((sample) => sample.edits) },
    promptTokens: mean(({ usage }) => usage.promptTokens),
  });
  const ends = samples.filter(({ verdict }) => verdict === "right").map((sample) => sample.steps ?? 0);
  for (let at = 0; at <= 4 * steps; at += 5)
    if (at <= steps || strategy === "fewest-steps")
      curves.push({ strategy, steps: at, percent: (100 * ends.filter((end) => end <= at).length) / samples.length });
}

publish({ questions: limit, window, steps, results }, options, () => {
  console.log("strategy       right  95 % interval  steps  tokens read   (a question)");
  for (const { strategy, score, interval, steps: taken, promptTokens } of results)
    console.log(
      `${strategy.padEnd(13)} ${(100 * (score ?? 0)).toFixed(0).padStart(5)} %  ${interval
        .map((end) => (100 * end).toFixed(0))
        .join(" to ")
        .padStart(11)}  ${taken.toFixed(1).padStart(6)}  ${promptTokens.toFixed(0).padStart(11)}`,
    );
});
if (options.plot)
  await writeSvg(options.plot, {
    title: {
      text: "Search longer than the window: accuracy against steps",
      subtitle: `${limit} questions, window of ${window} tokens, at most ${steps} steps; fewest-steps: of 4 trajectories together`,
      ...{ anchor: "start", fontSize: 15, subtitleColor: "#555", subtitlePadding: 6 },
    },
    ...{ background: "white", padding: 16, width: 460, height: 280, data: { values: curves } },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 2.2 },
    encoding: {
      x: {
        field: "steps",
        type: "quantitative",
        title: "model calls, all trajectories together",
        scale: { domain: [0, 300], clamp: true },
      },
      y: { field: "percent", type: "quantitative", title: "questions answered, %", scale: { domain: [0, 100] } },
      color: {
        ...{ field: "strategy", type: "nominal", title: null, sort: null },
        scale: { range: ["#8a8d91", "#e09f3e", "#6a994e", "#0b5cad", "#d1495b"] },
        legend: { orient: "bottom", symbolStrokeWidth: 3 },
      },
    },
    config: {
      font: "system-ui, sans-serif",
      view: { stroke: null },
      axis: { gridColor: "#e8e8e8", domainColor: "#999" },
    },
  });
