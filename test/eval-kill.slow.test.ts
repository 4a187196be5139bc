import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-eval-kill-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** Whole lines. */
const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(file, "utf8").catch(() => "")).split("\n").slice(0, -1);

interface Line {
  item: string;
  sample: number;
  verdict: string;
}
const keyOf = ({ item, sample }: Line): string => `${item} ${sample}`;

/** Answers alone, programs in the sandbox, a database, a policy and a customer, pages to search: each with lines between two kills. */
const CASES: [benchmark: string, model: string, count: number, samples: number, between: number][] = [
  ["gsm8k", "scripted:oracle", 400, 2, 20],
  ["humaneval", "scripted:oracle", 30, 1, 4],
  ["tau2-retail", "scripted:oracle", 24, 1, 4],
  ["bfcl-multi-turn-base", "scripted:oracle", 60, 2, 12],
  ["browsecomp", "scripted:oracle", 24, 1, 4],
  ["database", "models/embedded", 24, 2, 6],
];

const missing = await sandboxUnavailableReason();
const possible = CASES.filter(([benchmark]) => benchmark !== "humaneval" || missing === undefined);

test.each(possible)(
  "%s by %s, killed again and again, has every sample once, as if undisturbed",
  async (...theCase) => {
    const [benchmark, model, count, repeats, between] = theCase;
    const out = join(dir, benchmark);
    const samples = join(out, "samples.jsonl");
    const before: string[] = [];
    const args = ["eval", benchmark, "--model", model, "--limit", `${count}`, "--samples", `${repeats}`];
    const kills = await killUntilDone([...args, "--out", out], 5, async (_, child) => {
      const already = (await linesOf(samples)).length;
      while (child.exitCode === null && (await linesOf(samples)).length < already + between) await sleep(20);
      before.push(...(await linesOf(samples)).slice(0, already + between));
    });
    expect(kills).toBeGreaterThan(0);
    const after = await linesOf(samples);
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
    const measured = after.map((line) => JSON.parse(line) as Line);
    expect(measured.length).toBe(count * repeats);
    expect(new Set(measured.map(keyOf)).size).toBe(measured.length);
    expect((await cachalot([...args, "--out", `${out}-undisturbed`])).status).toBe(0);
    const undisturbed = (await linesOf(join(`${out}-undisturbed`, "samples.jsonl"))).map(
      (line) => JSON.parse(line) as Line,
    );
    const verdicts = (lines: Line[]) => lines.map((line) => `${keyOf(line)} ${line.verdict}`).sort();
    expect(verdicts(measured)).toEqual(verdicts(undisturbed));
  },
  900_000,
);
