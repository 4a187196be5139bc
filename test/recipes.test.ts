import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createRolloutSource } from "@cachalot/environments";
import { loadRecipe } from "@cachalot/training";
import { describe, expect, test } from "vitest";
import { readDataRecipe } from "../packages/training/src/data/data-recipe.js";
import { root } from "./support/cachalot.js";

const files = readdirSync(join(root, "recipes"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".json") && !/node_modules|dist|package\.json|tsconfig/.test(file))
  .sort();
const isData = (file: string) => /(^|[/.-])data\.json$/.test(file);

test("there are recipes", () => {
  expect(files).toContain(join("embedded", "train.json"));
});

describe.each(files)("%s", (file) => {
  test("loads, and says what it is for", async () => {
    const path = join(root, "recipes", file);
    const recipe = await (isData(file) ? readDataRecipe(path) : loadRecipe(path));
    expect(recipe.description).toMatch(/\w+ \w+/);
    if (!("stages" in recipe)) return;
    for (const stage of recipe.stages)
      if (stage.kind === "grpo") expect(createRolloutSource(stage.tasks).state()).toHaveProperty("levels");
  });
});
