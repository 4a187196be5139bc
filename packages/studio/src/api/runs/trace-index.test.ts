import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shownRecord } from "./shown-record.js";
import { TraceIndex } from "./trace-index.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "trace-index-"));
});
afterAll(() => rm(dir, { recursive: true }));

const line = (record: object) => `${JSON.stringify(record)}\n`;
const run = line({ type: "run", createdAt: 1, model: "m", messages: [{ role: "user", content: "Dive é" }] });
const prompt = line({ type: "prompt", step: 0, purpose: "step", promptTokens: 10, reusedTokens: 4 });
const usage = { promptTokens: 10, completionTokens: 3, reasoningTokens: 1, cachedTokens: 2 };
const model = line({ type: "model", step: 0, purpose: "step", message: { content: "" }, usage, durationMs: 5 });
const failed = line({ type: "error", message: "upstream is down" });
const tool = line({ type: "tool", step: 0, index: 0, name: "t", content: "x".repeat(5000), durationMs: 1 });

test("a trace is read on as it grows, and a resumed run's records from where they differ", async () => {
  const path = join(dir, "trace.jsonl");
  const index = new TraceIndex(path);
  await writeFile(path, run + prompt + model.slice(0, 30));
  await index.refresh();
  expect(index.length).toBe(2);
  expect(index.facts).toMatchObject({ task: "Dive é", state: "unfinished" });

  await appendFile(path, model.slice(30) + failed);
  await index.refresh();
  expect(index.facts).toMatchObject({ state: "failed", error: "upstream is down", usage: { completionTokens: 3 } });
  expect(index.steps).toMatchObject([
    { n: 1, promptTokens: 10, reusedTokens: 4, cachedTokens: 2, completionTokens: 3 },
  ]);
  expect(await index.records(1, 3)).toEqual([JSON.parse(prompt), JSON.parse(model)]);

  await writeFile(path, run + prompt + model + tool);
  await index.refresh();
  expect([index.length, index.rewrites, index.common]).toEqual([4, 1, 3]);
  expect(index.facts?.state).toBe("unfinished");
  const [last] = await index.records(3, 4);
  const shown = shownRecord(3, last!);
  expect(shown.omitted).toBe(3000);
  expect(shown.record).toMatchObject({ content: "x".repeat(2000) });
});
