import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tasksetNamed } from "@cachalot/environments";
import { benchmarkNamed } from "@cachalot/evals";
import { describe, expect, test } from "vitest";
import { recipeFiles } from "./recipe-files.js";
import { loadScale, parseScale } from "./scale.js";
import { stepsOf } from "./steps/index.js";

describe.each(["tiny", "embedded", "slow-suite"])("the scale %s", (name) => {
  test("has recipes, tasksets and benchmarks that there are, and steps in an order that serves their needs", async () => {
    const scale = await loadScale(name);
    const steps = stepsOf(scale);
    for (const [i, step] of steps.entries()) {
      const earlier = steps.slice(0, i).map((one) => one.name);
      for (const need of step.needs) if (steps.some((one) => one.name === need)) expect(earlier).toContain(need);
      for (const file of step.recipes(scale) ?? [])
        for (const part of await recipeFiles(file)) expect(existsSync(part), part).toBe(true);
    }
    for (const tasksets of Object.values(scale.measure.domains)) for (const one of tasksets) tasksetNamed(one);
    for (const { name: benchmark } of scale.benchmarks) benchmarkNamed(benchmark);
  });

  test("writes the solved tasks that its data recipes say they read", async () => {
    const scale = await loadScale(name);
    for (const { recipe, demonstrations } of [
      scale.base,
      scale.families,
      scale.agentFamilies,
      scale.copying,
      ...Object.values(scale.specialists),
    ].flatMap((training) => training ?? [])) {
      if (!demonstrations) continue;
      const path = join(dirname(scale.file), recipe);
      const data = (await recipeFiles(path)).find((file) => file.endsWith("data.json"))!;
      expect(await readFile(data, "utf8")).toContain(`../${demonstrations.out}`);
    }
  });
});

test("a scale there is not, and a field that does not fit, are told with what to do", async () => {
  await expect(loadScale("huge")).rejects.toThrow(/no scale huge; pass one of .*tiny/);
  const tiny = JSON.parse(await readFile("recipes/reproduce/tiny/pipeline.json", "utf8"));
  const broken = { ...tiny, strategies: { questions: 0, hops: [1] } };
  expect(() => parseScale(JSON.stringify(broken), "own", "own/pipeline.json")).toThrow(
    /own\/pipeline\.json: strategies\.questions: .*has the fields/,
  );
  expect(() => parseScale("{", "own", "own/pipeline.json")).toThrow(/own\/pipeline\.json: .*mend the JSON/);
});
