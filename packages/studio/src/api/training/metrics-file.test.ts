import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MetricsFile } from "./metrics-file.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "metrics-"));
});
afterAll(() => rm(dir, { recursive: true }));

const line = (step: number, more: object = {}) =>
  `${JSON.stringify({ kind: "step", stage: "rl", step, tokens: 10 * step, policyLoss: 1 / step, ...more })}\n`;
const all = () => true;

test("nested fields, lists and stages become series; what is added later is read on, and a shorter file anew", async () => {
  const path = join(dir, "metrics.jsonl");
  const file = new MetricsFile(path);
  await writeFile(path, line(1, { rl: { length: { mean: 5 } }, recall: [0.5, 1] }) + line(2).slice(0, 20));
  await file.refresh(1000);
  const first = file.metrics(100, all);
  const of = (key: string) => first.series.find((series) => series.key === key);
  expect(of("rl.length.mean")).toMatchObject({ stage: "rl", kind: "step", x: [1], y: [5] });
  expect(of("recall")?.y).toEqual([0.75]);
  expect(of("recall.1")?.y).toEqual([1]);
  expect(first.records).toBe(1);

  await appendFile(path, `${line(2).slice(20)}no record\n`);
  await file.refresh(1000);
  const second = file.metrics(100, (key) => key === "policyLoss", first.cursor);
  expect(second).toMatchObject({ records: 2, unreadable: 1, series: [{ x: [1, 2], y: [1, 0.5], last: 0.5 }] });
  expect(file.metrics(100, all, second.cursor).series).toEqual([]);

  await writeFile(path, line(9));
  await file.refresh(1000);
  expect(file.metrics(100, (key) => key === "tokens").series).toMatchObject([{ x: [9], y: [90] }]);
});
