import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playDemonstration } from "@cachalot/environments";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTaskFolder } from "../harbor/task-folder.js";
import type { ItemContext, Pipeline } from "../pipeline.js";
import { general } from "../pipelines/general/general.js";
import { interpreter } from "../pipelines/interpreter/interpreter.js";
import { answerTask } from "../testing/answer-task.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { folderTaskset } from "./folder-taskset.js";
import { measureScripted } from "./scripted-agents.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-folders-"));
});
afterAll(() => rm(dir, { recursive: true }));

const context: ItemContext = {
  ...{ cache: "", signal: new AbortController().signal, spend: () => {} },
  stage: async (_, work) => work(),
};

async function firstOf(pipeline: Pipeline, given: object) {
  const options = pipeline.options.parse(given);
  for await (const seed of pipeline.seeds(options, context))
    for await (const task of pipeline.candidates(seed, options, context)) return task;
  throw new Error("the pipeline made nothing");
}

withSandbox("tasks of a directory", () => {
  test.each([
    ["shell", async () => answerTask()],
    ["notebook", () => firstOf(interpreter, { count: 1, generators: ["coprime-pairs"] })],
    ["world", () => firstOf(general, { count: 1, worlds: ["library-loans"], density: 1e-3 })],
  ])("a %s task is solved by its demonstration, and not by nothing", async (agent, make) => {
    const task = await make();
    const folder = join(dir, agent);
    for (let i = 0; i < 12; i++) await writeTaskFolder({ ...task, name: `copy-${i}` }, join(folder, `copy-${i}`));
    const taskset = await folderTaskset(folder);
    expect(taskset.levels).toBe(1);
    const drawn = await taskset.draw({ level: 0, mode: "chat", seed: 0, split: "train" });
    expect(await playDemonstration(taskset, drawn, "terse")).toMatchObject({ outcome: "solved", reward: 1 });
    const idle = { ...taskset, demonstrate: () => taskset.spoil(taskset.demonstrate(drawn, "terse"), drawn) };
    expect(await playDemonstration(idle, drawn, "terse")).toMatchObject({ reward: 0 });
  });
});

test("scripted agents: random ones fail, the solver passes", async () => {
  const task = await firstOf(general, { count: 1, worlds: ["library-loans"], density: 1e-4 });
  const rows = [...measureScripted([task], 10, 0)];
  expect(rows).toContainEqual(expect.objectContaining({ agent: "random", passAtK: 0 }));
  expect(rows).toContainEqual(expect.objectContaining({ agent: "solver-100000", passAtK: 1 }));
});

test("one task alone cannot be held out", async () => {
  await writeTaskFolder(answerTask(), join(dir, "alone", "alone"));
  await expect(folderTaskset(join(dir, "alone"))).rejects.toThrow(/1 tasks are too few/);
});
