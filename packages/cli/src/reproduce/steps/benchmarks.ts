/** Bundled benchmarks asked to the model of mixed reinforcement learning, and to an oracle that shows the graders at work. */

import { join } from "node:path";
import { startEngine } from "@cachalot/engine";
import { benchmarkNamed, type ModelFor, runBenchmark, scriptedModel, summarise, tokenCurve } from "@cachalot/evals";
import { version } from "../../version.js";
import type { BenchmarkPlan } from "../scale.js";
import { defineStep, type StepContext } from "../step.js";
import { mixed } from "./mixed.js";

interface BenchmarkResult {
  benchmark: string;
  model: string;
  summary: ReturnType<typeof summarise>;
  curve: ReturnType<typeof tokenCurve>["points"];
  /** Output tokens of all answers for each right one; null without any. */
  tokensPerSolved: number | null;
  seconds: number;
}

const AT_ONCE = 16;

export const benchmarks = defineStep<{ results: BenchmarkResult[] }>({
  name: "benchmarks",
  title: "bundled benchmarks: the final model, and an oracle",
  needs: ["mixed"],
  recipes: () => [],
  settings: (scale) => scale.benchmarks,
  async run(context) {
    const { scale, dir, results } = context;
    const checkpoint = `${results.of(mixed)!.run}/models/${scale.mixed.model}`;
    const engine = await startEngine(join(dir, checkpoint), { maxSequences: AT_ONCE, maxQueue: AT_ONCE });
    try {
      const measured: BenchmarkResult[] = [];
      for (const plan of scale.benchmarks) {
        measured.push(await measure(plan, "scripted:oracle", scriptedModel("scripted:oracle")!, context));
        measured.push(await measure(plan, checkpoint, () => engine, context));
      }
      return { results: measured };
    } finally {
      await engine.close();
    }
  },
});

async function measure(
  { name, limit, samples, maxTokens, thinking }: BenchmarkPlan,
  model: string,
  modelFor: ModelFor,
  { dir, progress, signal }: StepContext,
): Promise<BenchmarkResult> {
  const began = performance.now();
  const scripted = model.startsWith("scripted:");
  const run = await runBenchmark({
    ...{ benchmark: benchmarkNamed(name), model: modelFor, limit, samples: scripted ? 1 : samples, signal },
    about: { model, engine: scripted ? "script" : "cachalot", codec: "DeepSeek-V3.2", cachalot: version },
    out: join(dir, "evals", `${name}-${scripted ? "oracle" : "model"}`),
    ...{ sampling: { maxTokens }, thinkingMode: thinking ? "thinking" : "chat", seed: 0 },
    ...{ concurrency: AT_ONCE, timeoutMs: 600_000 },
    onSample: (done, all) => progress.at(`${name}, ${model} · answer`, done.length, all),
  });
  const { points, tokensPerSolved } = tokenCurve(run.samples);
  return {
    ...{ benchmark: name, model, summary: summarise(run.samples), curve: points },
    tokensPerSolved: Number.isFinite(tokensPerSolved) ? tokensPerSolved : null,
    seconds: (performance.now() - began) / 1000,
  };
}
