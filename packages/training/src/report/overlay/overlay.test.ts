import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { MetricRecord } from "../../run/metric-record.js";
import { testMetrics, testRecipe, testRlMetrics, toJsonLines } from "../../testing/test-run.js";
import { writeComparison } from "./index.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-overlay-"));
});

const rlStage = { name: "rl", kind: "grpo", steps: 9, learningRate: 1e-4, tasks: {} };

async function writeRun(name: string, recipe: object, metrics: readonly MetricRecord[]): Promise<string> {
  const run = join(dir, name);
  await mkdir(run, { recursive: true });
  await writeFile(join(run, "recipe.json"), JSON.stringify(recipe));
  await writeFile(join(run, "metrics.jsonl"), toJsonLines(metrics));
  return run;
}

/** Metrics as of a run that has domains in them. */
const withDomains = (records: readonly MetricRecord[]): MetricRecord[] =>
  records.map((record) => ({
    ...record,
    ...(record.rl ? { rl: { ...record.rl, byDomain: { "logic/chat": record.rl.byTaskset["sorting/chat"]! } } } : {}),
    ...(record.heldOut
      ? { heldOut: { ...record.heldOut, byDomain: { "logic/chat": record.heldOut.byTaskset["sorting/chat"]! } } }
      : {}),
  }));

test("runs that learn from rewards share plots of pass@1 and reward by domain, masks and KL, with a legend of their names", async () => {
  const recipe = { ...testRecipe, stages: [rlStage] };
  const other = { ...recipe, stages: [{ ...rlStage, learningRate: 5e-5, offPolicy: 2 }] };
  const runs = [
    await writeRun("k3", recipe, withDomains(testRlMetrics(9))),
    await writeRun("unbiased <b>", other, withDomains(testRlMetrics(5))),
  ];
  const { html, comparison } = await writeComparison(runs, join(dir, "out"));
  const page = await readFile(html, "utf8");
  for (const id of [
    "pass-at-1-logic-chat",
    "reward-logic-chat",
    "policy-kl",
    "sequences-dropped",
    "clipped",
    "length",
  ]) {
    const svg = (await readFile(join(dir, "out", "plots", `${id}.svg`), "utf8")).trim();
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(svg).toContain(">k3<");
    expect(svg).toContain("unbiased &lt;b&gt;");
    expect(page).toContain(svg);
  }
  expect(comparison.runs).toMatchObject([
    { name: "k3", complete: true, steps: 9, pass1: { end: expect.closeTo(0.46) } },
    { name: "unbiased <b>", complete: false, steps: 5, pass1: { end: expect.closeTo(0.3) } },
  ]);
  expect(comparison.differences).toEqual([
    { field: "rl.learningRate", values: ["0.0001", "0.00005"] },
    { field: "rl.offPolicy", values: ["0", "2"] },
  ]);
  expect(page).not.toMatch(/<b>|<script|<link|<img|\ssrc=/i);
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect((await readdir(join(dir, "out"), { recursive: true })).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test("three runs on data share their losses; runs of equal names are told apart by path, and one without metrics stands in the table", async () => {
  const runs = [
    await writeRun("one/base", testRecipe, testMetrics()),
    await writeRun("two/base", testRecipe, testMetrics().slice(0, 300)),
    await writeRun("empty", testRecipe, []),
  ];
  const { html, comparison } = await writeComparison(runs, join(dir, "losses"));
  expect(comparison.runs.map(({ name }) => name)).toEqual([runs[0], runs[1], "empty"]);
  expect(comparison.differences).toEqual([]);
  const page = await readFile(html, "utf8");
  expect(page).toContain("The recipes are the same.");
  expect(page).toContain('<figure id="held-out-loss"');
  expect(page).not.toContain('id="reward');
  expect(page).not.toMatch(/NaN|undefined/);
});

test("a directory that is no run, or comes twice, is refused by name", async () => {
  const run = await writeRun("base", testRecipe, []);
  await expect(writeComparison([run, join(dir, "none")], join(dir, "no"))).rejects.toMatchObject({
    code: "invalid_run",
  });
  await expect(writeComparison([run, `${run}/`], join(dir, "no"))).rejects.toThrow(/named twice/);
});
