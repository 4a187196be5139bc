import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadRecipe } from "../recipe/recipe.js";
import { testRecipe } from "../testing/test-run.js";
import { commands } from "./commands.js";

test("the commands name the recipe file that gives this very recipe", async () => {
  const recipes = await mkdtemp(join(tmpdir(), "cachalot-recipes-"));
  await mkdir(join(recipes, "small"));
  await writeFile(join(recipes, "other.json"), JSON.stringify({ ...testRecipe, seed: 7 }));
  await writeFile(join(recipes, "small", "data.json"), '{"seed":1}');
  const own = join(recipes, "small", "train.json");
  await writeFile(own, JSON.stringify({ extends: "../other.json", seed: 0 }));
  const recipe = await loadRecipe(own);
  expect(await commands(recipe, join(process.cwd(), "runs", "synthetic"), recipes)).toEqual([
    `cachalot prepare ${join(recipes, "small", "data.json")}`,
    `cachalot train ${own}`,
    "cachalot report runs/synthetic",
  ]);
  expect(await commands({ ...recipe, seed: 8 }, "elsewhere/my run", recipes)).toEqual([
    "cachalot prepare data.json",
    "cachalot train RECIPE --run 'elsewhere/my run'",
    "cachalot report 'elsewhere/my run'",
  ]);
});
