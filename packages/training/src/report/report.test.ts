import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { testMetrics, testRecipe, testRlMetrics, toJsonLines, writeTestRun } from "../testing/test-run.js";
import { writeReport } from "./index.js";
import { plotBuilders } from "./plots/index.js";

const PLOTS = [
  "loss",
  "sparse-vs-dense",
  "indexer-kl",
  "recall",
  "expert-load",
  "expert-imbalance",
  "learning-rate",
  "gradient-norm",
  "throughput",
];

const RL_PLOTS = ["pass-at-1", "reward", "groups", "entropy", "policy-kl", "ratio", "masks", "mismatch", "length"];

test("a finished run gives a page with every plot, the plots as files and the summary", async () => {
  const dir = await writeTestRun(toJsonLines(testMetrics()));
  const { html, summary } = await writeReport(dir);
  expect(html).toBe(join(dir, "report.html"));
  expect(plotBuilders).toHaveLength(PLOTS.length + RL_PLOTS.length);
  expect(summary.stages.every(({ pass1 }) => pass1 === null)).toBe(true);
  const page = await readFile(html, "utf8");
  for (const id of PLOTS) {
    const svg = (await readFile(join(dir, "plots", `${id}.svg`), "utf8")).trim();
    expect(svg).toMatch(new RegExp(`^<svg role="img" aria-labelledby="${id}-title ${id}-desc"`));
    expect(svg).toContain(`<title id="${id}-title">`);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(page).toContain(svg);
  }
  expect(JSON.parse(await readFile(join(dir, "summary.json"), "utf8"))).toEqual(summary);
  expect((await readdir(dir, { recursive: true })).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test("a run that learnt from rewards shows its curves by taskset and mode, and pass@1 before and after", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-report-"));
  const rl = { name: "rl", kind: "grpo", steps: 9, learningRate: 1e-4, tasks: {} };
  await writeFile(join(dir, "recipe.json"), JSON.stringify({ ...testRecipe, stages: [rl] }));
  await writeFile(join(dir, "metrics.jsonl"), toJsonLines(testRlMetrics(9)));
  const trained = { ratio: 1.2, masked: true };
  const tokens = [{ text: "Sort 2 1" }, { text: "<1> 2", trained }];
  const about = { task: "sorting/chat, level 0", group: "0", outcome: "solved", rewards: { exact: 1 }, advantage: 0.5 };
  const view = { step: 9, rollouts: [{ ...about, reward: 1, tokens }] };
  await mkdir(join(dir, "rollouts", "rl"), { recursive: true });
  await writeFile(join(dir, "rollouts", "rl", "view.json"), JSON.stringify(view));
  const { summary } = await writeReport(dir);
  const page = await readFile(join(dir, "report.html"), "utf8");
  for (const id of RL_PLOTS) {
    const svg = (await readFile(join(dir, "plots", `${id}.svg`), "utf8")).trim();
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(page).toContain(svg);
  }
  expect(await readFile(join(dir, "plots", "reward.svg"), "utf8")).toContain("sorting/thinking");
  expect(summary.stages[0]).toMatchObject({ tokens: 9000, pass1: { start: 0.1, end: expect.closeTo(0.46) } });
  expect(page).toContain("0.100 → 0.460");
  expect(page).toMatch(/Sort 2 1<span style="background:repeating[^>]*ratio 1\.200, left out">&lt;1&gt; 2<\/span>/);
});

test("the page loads nothing and runs nothing", async () => {
  const page = await readFile((await writeReport(await writeTestRun(toJsonLines(testMetrics())))).html, "utf8");
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|@import|(href|url)\W{1,3}(https?:|\/\/)/i);
  expect(page).toContain("Curves from formulas &lt;not&gt; a training");
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a report can lie elsewhere than its run", async () => {
  const out = join(await mkdtemp(join(tmpdir(), "cachalot-report-")), "made", "here");
  const dir = await writeTestRun(toJsonLines(testMetrics()));
  expect((await writeReport(dir, out)).html).toBe(join(out, "report.html"));
  expect((await readdir(dir)).sort()).toEqual(["metrics.jsonl", "recipe.json"]);
});

test("a run without metrics has an empty report", async () => {
  const { html, summary } = await writeReport(await writeTestRun(undefined));
  expect(summary.complete).toBe(false);
  expect(summary.stages.map(({ status }) => status)).toEqual(testRecipe.stages.map(() => "not started"));
  expect(await readFile(html, "utf8")).toContain("Nothing measured for: Language-model loss,");
});

test("a directory without a recipe is refused", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-report-"));
  await expect(writeReport(dir)).rejects.toMatchObject({ name: "TrainingError", code: "invalid_run" });
  await writeFile(join(dir, "recipe.json"), '{"name":"x"}');
  await expect(writeReport(dir)).rejects.toThrow(/cachalot train/);
});

test("any prefix of a metrics file gives a report", async () => {
  const text = toJsonLines(testMetrics());
  const dir = await writeTestRun("");
  const cut = fc.oneof(fc.nat(3000), fc.nat(text.length));
  await fc.assert(
    fc.asyncProperty(cut, async (length) => {
      await writeFile(join(dir, "metrics.jsonl"), text.slice(0, length));
      const { html, summary } = await writeReport(dir);
      expect(summary.unreadableLines).toBeLessThanOrEqual(1);
      expect((await readFile(html, "utf8")).match(/.{60}(NaN|undefined).{60}/)).toBeNull();
    }),
    { numRuns: 16, seed: 1 },
  );
});
