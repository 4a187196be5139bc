import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { killUntilDone } from "./support/kill-until-done.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-eval-kill-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** Whole lines. */
const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(file, "utf8").catch(() => "")).split("\n").slice(0, -1);

test("an evaluation that is killed again and again ends with every sample once, none lost or asked twice", async () => {
  const out = join(dir, "run");
  const samples = join(out, "samples.jsonl");
  const before: string[] = [];
  const args = ["eval", "gsm8k", "--model", "scripted:oracle", "--limit", "400", "--samples", "2", "--out", out];
  const kills = await killUntilDone(args, 5, async (_, child) => {
    const start = (await linesOf(samples)).length;
    while (child.exitCode === null && (await linesOf(samples)).length < start + 20) await sleep(20);
    before.push(...(await linesOf(samples)).slice(0, start + 20));
  });
  expect(kills).toBeGreaterThan(0);
  const after = await linesOf(samples);
  const keys = after
    .map((line) => JSON.parse(line) as { item: string; sample: number })
    .map(({ item, sample }) => `${item} ${sample}`);
  expect(keys.length).toBe(800);
  expect(new Set(keys).size).toBe(800);
  expect(before.every((line) => after.includes(line))).toBe(true);
}, 900_000);
