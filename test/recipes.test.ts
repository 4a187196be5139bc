import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRolloutSource } from "@cachalot/environments";
import { parseConfig } from "@cachalot/model";
import { loadRecipe } from "@cachalot/training";
import { afterAll, describe, expect, test } from "vitest";
import { readDataRecipe } from "../packages/training/src/data/data-recipe.js";
import { root } from "./support/cachalot.js";

const files = readdirSync(join(root, "recipes"), { recursive: true, encoding: "utf8" })
  .filter(
    (file) => file.endsWith(".json") && !/node_modules|dist|package\.json|tsconfig|pipeline\.json|^tasks/.test(file),
  )
  .sort();
const folder = mkdtempSync(join(tmpdir(), "cachalot-recipes-"));
afterAll(() => rmSync(folder, { recursive: true }));
const isData = (file: string) => /(^|[/.-])data\.json$/.test(file);

/** A later step of a pipeline starts from the checkpoint of an earlier one, which is not there: the shipped model stands in for it. */
async function startedFromModel(path: string): Promise<string> {
  const { init } = JSON.parse(await readFile(path, "utf8"));
  if (!init?.startsWith("runs/")) return path;
  const copy = join(folder, "recipe.json");
  await writeFile(copy, JSON.stringify({ extends: path, init: "models/embedded" }));
  return copy;
}

test("there are recipes", () => {
  expect(files).toContain(join("embedded", "train.json"));
});

describe.each(files)("%s", (file) => {
  test("loads, and says what it is for", async () => {
    const path = join(root, "recipes", file);
    const recipe = await (isData(file) ? readDataRecipe(path) : loadRecipe(await startedFromModel(path)));
    expect(recipe.description).toMatch(/\w+ \w+/);
    if (!("stages" in recipe)) return;
    parseConfig(recipe.model);
    for (const stage of recipe.stages)
      if (stage.kind === "grpo") expect(createRolloutSource(stage.tasks).state()).toHaveProperty("levels");
  });
});
