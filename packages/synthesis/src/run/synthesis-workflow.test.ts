import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import type { Seed } from "../pipeline.js";
import { pipelineNamed } from "../pipelines/index.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { synthesisWorkflow } from "./synthesis-workflow.js";

withSandbox("a worker", () => {
  test("opens the model of an item's plan, and asks it what its pipeline does", async () => {
    const out = await mkdtemp(join(tmpdir(), "cachalot-item-"));
    const pipeline = pipelineNamed("interpreter");
    const options = pipeline.options.parse({ count: 1, generators: ["coprime-pairs"], levels: [0] });
    const cache = join(out, ".cache");
    const context = { cache, signal: new AbortController().signal };
    const seeds: Seed[] = [];
    for await (const seed of pipeline.seeds(options, context)) seeds.push(seed);
    const plans: unknown[] = [];
    const asked: unknown[] = [];
    const { run } = synthesisWorkflow({
      open: async (plan) => {
        plans.push(plan);
        return createScriptedModel({
          turns: (request) => {
            asked.push(request);
            return { content: "I do not know." };
          },
        });
      },
    });
    const item = { pipeline: "interpreter", options, seed: seeds[0]!, out, cache };
    const journal = {
      step: async <T>(_: string, work: () => Promise<T>) => ({ value: await work(), replayed: false }),
    };
    const start = () => Promise.reject(new Error("there are no children"));
    const report = await run({ ...item, modelPlan: { engine: {} } }, { id: "one", journal, start });
    expect(report.kept).toHaveLength(1);
    expect([plans, asked.length]).toEqual([[{ engine: {} }], 1]);
    expect((await run(item, { id: "two", journal, start })).kept).toHaveLength(1);
    expect([plans.length, asked.length]).toEqual([1, 1]);
    await rm(out, { recursive: true });
  }, 120_000);
});
