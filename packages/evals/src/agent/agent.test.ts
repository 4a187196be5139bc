import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel, type ScriptedPolicy } from "@cachalot/chat";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Benchmark } from "../benchmark.js";
import { benchmarkNamed } from "../benchmarks/index.js";
import { scriptedModel } from "../models/scripted.js";
import { type RunOptions, runBenchmark } from "../run/run-benchmark.js";
import { selfTest } from "../self-test/self-test.js";

let dir: string;
let count = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-agents-"));
});
afterAll(() => rm(dir, { recursive: true }));

const browsecomp = benchmarkNamed("browsecomp");
const model = (name: string) => scriptedModel(`scripted:${name}`, browsecomp)!;
const policy = (turns: ScriptedPolicy) => () => createScriptedModel({ turns, contextLength: 1 << 20 });

const run = (more: Partial<RunOptions> = {}) =>
  runBenchmark({
    ...{ benchmark: browsecomp, model: model("searcher"), out: join(dir, `${count++}`), limit: 4, samples: 1 },
    ...{ about: { model: "m", engine: "e", codec: "c", cachalot: "0" }, sampling: {}, thinkingMode: "thinking" },
    ...{ seed: 1, concurrency: 2, timeoutMs: 120_000, ...more },
  });

test("the budget stands in the prompt, and the last steps are told", async () => {
  const wanders: ScriptedPolicy = () => ({ toolCalls: [{ name: "search", arguments: { query: "compass" } }] });
  const { samples, header } = await run({ model: policy(wanders), limit: 1, agent: { steps: 3, tokens: 50_000 } });
  expect(samples).toMatchObject([
    { verdict: "wrong", steps: 3, because: expect.stringContaining("steps were used up") },
  ]);
  expect(samples[0]!.messages[0]!.content).toMatch(/You have 3 steps .*, 50000 tokens in all and 2 minutes\./);
  expect(samples[0]!.messages.filter(({ role }) => role === "tool").map(({ content }) => content!.slice(-60))).toEqual([
    expect.stringContaining("2 steps are left"),
    expect.stringContaining("One step is left"),
    expect.not.stringContaining("3 steps"),
  ]);
  expect(header.agent).toEqual({ strategy: "none", trajectories: 1, steps: 3, tokens: 50_000 });
});

test("a strategy that edits keeps the whole conversation, and the run goes on where it stopped", async () => {
  const agent = { strategy: "summary" as const, steps: 40, window: 2500 };
  const own = { out: join(dir, "summary"), agent };
  const { samples } = await run(own);
  expect(Math.max(...samples.map(({ edits }) => edits!))).toBeGreaterThan(0);
  for (const { messages, toolCalls } of samples)
    expect(messages.filter(({ role }) => role === "tool").length).toBe(toolCalls);
  const asked = () => {
    throw new Error("asked again");
  };
  expect((await run({ ...own, model: asked })).samples).toEqual(samples);
  await expect(run({ ...own, agent: { ...agent, strategy: "discard-all" } })).rejects.toThrow(/another agent/);
});

test("of parallel trajectories the one with the fewest steps is graded, and all are paid", async () => {
  const { samples } = await run({ agent: { strategy: "fewest-steps", trajectories: 3, steps: 30 }, limit: 2 });
  const one = await run({ agent: { steps: 30 }, limit: 2 });
  for (const [i, { steps, messages }] of samples.entries()) {
    expect(steps).toBeGreaterThan(one.samples[i]!.steps!);
    expect(messages.filter(({ role }) => role === "assistant").length).toBeLessThan(steps!);
  }
});

test("a tool that breaks is not measured, and neither is an agent whose time is up", async () => {
  const searches: ScriptedPolicy = () => ({ toolCalls: [{ name: "search", arguments: { query: "compass" } }] });
  const broken = (ms: number): Benchmark => ({
    ...browsecomp,
    open: async (item) => {
      const environment = await browsecomp.open!(item);
      const execute = async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        throw new Error("the index is gone");
      };
      return { ...environment, tools: environment.tools.map((tool) => ({ ...tool, execute })) };
    },
  });
  const fault = await run({ benchmark: broken(0), model: policy(searches), limit: 1 });
  expect(fault.samples).toMatchObject([{ reason: "infrastructure", because: "search: the index is gone" }]);
  const slow = await run({ benchmark: broken(5000), model: policy(searches), limit: 1, timeoutMs: 100 });
  expect(slow.samples).toMatchObject([{ verdict: "not measured", reason: "timed out" }]);
});

test("BrowseComp's own rows are decrypted, and searched in the corpus that is named", async () => {
  const key = createHash("sha256").update("canary").digest();
  const hidden = (text: string) =>
    Buffer.from(Buffer.from(text).map((byte, i) => byte ^ key[i % key.length]!)).toString("base64");
  const data = join(dir, "questions.csv");
  const row = (canary: string) => `${hidden("Which whale dives deepest?")},${hidden("The sperm whale")},${canary}\n`;
  await writeFile(data, `problem,answer,canary\n${row("canary")}`);
  const corpus = join(dir, "pages.jsonl");
  await writeFile(corpus, `${JSON.stringify({ id: "w", title: "Whales", text: "The sperm whale dives deepest." })}\n`);
  const own = { data, files: { corpus }, model: model("oracle") };
  expect((await run(own)).samples).toMatchObject([{ verdict: "right", gold: "The sperm whale", toolCalls: 1 }]);
  await expect(run({ ...own, files: {} })).rejects.toThrow(/pass --corpus/);
  await expect(run({ ...own, files: { corpus: dir } })).rejects.toThrow(/the agent would find the answers/);
  await writeFile(data, `problem,answer,canary\n${row("another")}`);
  await expect(run(own)).rejects.toThrow(/questions.csv:2: answer cannot be decrypted/);
});

test("HotpotQA's paragraphs are its corpus, each once", async () => {
  const data = join(dir, "hotpot.json");
  const context = [
    ["Ada", ["Ada was born in Oslo."]],
    ["Oslo", ["Oslo lies ", "in Norway."]],
  ];
  const question = { _id: "h1", question: "In which country was Ada born?", answer: "Norway", context };
  await writeFile(data, JSON.stringify([question, { ...question, _id: "h2" }]));
  const { samples } = await run({ benchmark: benchmarkNamed("hotpotqa"), data, model: model("oracle") });
  expect(samples.map(({ verdict, toolCalls }) => [verdict, toolCalls])).toEqual([
    ["right", 1],
    ["right", 1],
  ]);
  expect(samples[0]!.messages.find(({ role }) => role === "tool")!.content).toContain("2. [d");
  const items = [];
  for await (const item of benchmarkNamed("hotpotqa").items({ data, seed: 0, limit: 2 })) items.push(item);
  const cases = await selfTest(benchmarkNamed("hotpotqa"), items);
  expect(cases.filter(({ failures }) => failures.length > 0)).toEqual([]);
  await writeFile(data, JSON.stringify([{ ...question, context: "none" }]));
  await expect(run({ benchmark: benchmarkNamed("hotpotqa"), data })).rejects.toThrow(/hotpot.json, row 1: context/);
});

test("a strategy for problems without tools is refused, and so is one that is not there", async () => {
  await expect(run({ benchmark: benchmarkNamed("gsm8k"), agent: { steps: 3 } })).rejects.toThrow(/gsm8k has no tools/);
  await expect(run({ agent: { strategy: "forget" as "none" } })).rejects.toThrow(
    /there are discard-75, .*fewest-steps/,
  );
  await expect(run({ agent: { strategy: "summary", trajectories: 2 } })).rejects.toThrow(/those of fewest-steps/);
});
