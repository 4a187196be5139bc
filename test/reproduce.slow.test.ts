// The whole pipeline, killed twice and resumed: no step runs twice, and the page says what the steps' results on the disk say.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { killUntilDone } from "./support/kill-until-done.js";

const KILLS = 2;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-reproduce-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const command = () => ["reproduce", "--scale", "slow-suite", "--out", dir];
const json = async (file: string) => JSON.parse(await readFile(join(dir, file), "utf8"));

async function log(): Promise<{ event: "begin" | "end"; step: string }[]> {
  const text = await readFile(join(dir, "log.jsonl"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** At a random moment behind this many finished steps. */
async function momentOf(kills: number, random: Random): Promise<void> {
  const wanted = (kills + 1) * 7 + Math.floor(random.next() * 3);
  while ((await log()).filter(({ event }) => event === "end").length < wanted) await sleep(100);
  await sleep(random.next() * 6000);
}

const unescaped = (html: string) => html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

test("the pipeline goes on after SIGKILL, makes every step once, and its page tells every claim as measured", async () => {
  const random = new Random(5);
  expect(await killUntilDone(command(), KILLS, (kills) => momentOf(kills, random))).toBe(KILLS);

  const lines = await log();
  const ended = lines.filter(({ event }) => event === "end").map(({ step }) => step);
  expect(new Set(ended).size).toBe(ended.length);
  for (const step of ended) {
    const last = lines.findIndex((line) => line.event === "end" && line.step === step);
    expect(lines.slice(last + 1).filter((line) => line.step === step)).toEqual([]);
  }
  const steps = (await readdir(join(dir, "steps"))).map((name) => name.replace(".json", ""));
  expect([...ended].sort()).toEqual(steps.sort());
  // A kill between two steps interrupts none.
  const interrupted = lines.filter(({ event }) => event === "begin").length - ended.length;
  expect(interrupted).toBeLessThanOrEqual(KILLS);

  const { claims } = await json("report.json");
  const html = await readFile(join(dir, "report.html"), "utf8");
  const shown = [...html.matchAll(/data-claim="([^"]+)"[\s\S]*?<dd class="figure">([\s\S]*?)<dt>/g)];
  expect(shown.map(([, name]) => name)).toEqual(claims.map(({ name }: { name: string }) => name));
  for (const [i, [, , figure]] of shown.entries()) expect(unescaped(figure!)).toContain(claims[i].figure.text);
  expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);

  const figureOf = (name: string): string => claims.find((claim: { name: string }) => claim.name === name).figure.text;
  const { result: base } = await json("steps/base.json");
  const warmup = base.stages.find(({ name }: { name: string }) => name === "warmup");
  expect(figureOf("indexer-warmup")).toContain(
    `KL ${warmup.start.indexerKl.toFixed(3)} to ${warmup.end.indexerKl.toFixed(3)}`,
  );
  const { result: strategies } = await json("steps/strategies.json");
  for (const { strategy, answered, questions } of strategies.rows)
    expect(figureOf("context-strategies")).toContain(`${strategy} ${((100 * answered) / questions).toFixed(1)} %`);
  const { result: contests } = await json("steps/tables.json");
  for (const { contest, total, most } of contests.contests)
    expect(figureOf("contests")).toContain(`${contest} ${total} of ${most}`);

  const again = await cachalot([...command(), "--json"]);
  expect(again.status).toBe(0);
  expect(JSON.parse(again.stdout).left).toEqual([]);
  expect(await log()).toEqual(lines);
});
