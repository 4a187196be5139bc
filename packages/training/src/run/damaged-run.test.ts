import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataset } from "../data/index.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import { train } from "./train.js";

let dir: string;
let metrics: string;

/** One short stage, stopped by hand after some steps. */
function recipe() {
  const all = tinyRecipe(join(dir, "data"), 3);
  return { ...all, stages: [all.stages[0]!], checkpoint: { every: 2, keep: 3 } };
}

const notes: string[] = [];
async function run(runDir: string, stopAfter?: number): Promise<boolean> {
  const abort = new AbortController();
  let steps = 0;
  notes.length = 0;
  const update = () => {
    if (++steps === stopAfter) abort.abort();
  };
  const progress = { ...silent, update, note: (text: string) => void notes.push(text) };
  const options = { runDir, device: defaultDevice(), progress, signal: abort.signal };
  return (await train(recipe(), options)).complete;
}

/** metrics.jsonl without what depends on the machine. */
const metricsOf = async (runDir: string) =>
  (await readFile(join(runDir, "metrics.jsonl"), "utf8")).replaceAll(/"tokensPerSecond":[\d.e+-]+/g, "");

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-damaged-run-"));
  await writeTinyData(join(dir, "data"));
  await run(join(dir, "whole"));
  metrics = await metricsOf(join(dir, "whole"));
  await run(join(dir, "stopped"), 5);
}, 60_000);
afterAll(() => rm(dir, { recursive: true }));

/** A copy of the stopped run, and the path of its newest checkpoint. */
async function copy(name: string): Promise<[string, string, string[]]> {
  const to = join(dir, name);
  await cp(join(dir, "stopped"), to, { recursive: true });
  const names = (await readdir(join(to, "checkpoints"))).sort();
  expect(names).toHaveLength(3);
  return [to, join(to, "checkpoints", names.at(-1)!), names];
}

test.each<[string, (checkpoint: string) => Promise<void>]>([
  ["state.json gone", (checkpoint) => rm(join(checkpoint, "state.json"))],
  ["state.json half written", (checkpoint) => writeFile(join(checkpoint, "state.json"), '{"stage":"de')],
  ["state.json of something else", (checkpoint) => writeFile(join(checkpoint, "state.json"), "{}")],
  ["the optimiser cut", (checkpoint) => truncate(join(checkpoint, "optimizer.safetensors"), 1000)],
  ["the optimiser gone", (checkpoint) => rm(join(checkpoint, "optimizer.safetensors"))],
  ["the weights cut", (checkpoint) => truncate(join(checkpoint, "model", "model.safetensors"), 5000)],
  ["the weights gone", (checkpoint) => rm(join(checkpoint, "model"), { recursive: true })],
])("with %s, the checkpoint before it is taken, to the same metrics", async (what, damage) => {
  const [to, newest] = await copy(what.replaceAll(" ", "-"));
  await damage(newest);
  expect(await run(to)).toBe(true);
  expect(notes[0]).toContain(`damaged checkpoint ${newest}`);
  expect(notes[1]).toMatch(/resuming dense at step 4/);
  expect(await metricsOf(to)).toBe(metrics);
});

test("where no checkpoint is whole, the run is refused", async () => {
  const [to, , names] = await copy("none");
  for (const name of names) await rm(join(to, "checkpoints", name, "state.json"));
  await expect(run(to)).rejects.toMatchObject({ name: "TrainingError", code: "invalid_run" });
});

test("metrics that became shorter are kept to their last whole line", async () => {
  const [to] = await copy("metrics");
  const path = join(to, "metrics.jsonl");
  const text = await readFile(path, "utf8");
  const cut = text.length - 30;
  await truncate(path, cut);
  expect(await run(to)).toBe(true);
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  expect(lines.slice(0, 2).join("\n")).toBe(text.split("\n").slice(0, 2).join("\n"));
  for (const line of lines) JSON.parse(line);
});

test("a damaged manifest is named as such", async () => {
  const data = join(dir, "bad-data");
  await writeTinyData(data);
  for (const [text, reason] of [
    ["{", /not JSON/],
    ["{}", /parts/],
    ['{"parts":{"text":{"policy":"split"}},"tokenizer":{}}', /tokenizer\.vocabSize/],
  ] as const) {
    await writeFile(join(data, "manifest.json"), text);
    await expect(openDataset(data)).rejects.toMatchObject({
      code: "invalid_data",
      message: expect.stringMatching(reason),
    });
  }
});
