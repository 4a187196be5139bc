import { fileURLToPath } from "node:url";
import { readDataRecipe } from "@cachalot/training";
import { expect, test } from "vitest";
import { source } from "./index.js";

test("the embedded data recipe is valid and finds this package", async () => {
  const { recipe, source: found } = await readDataRecipe(fileURLToPath(new URL("../../data.json", import.meta.url)));
  expect(recipe.tokenizer.vocabSize).toBe(4096);
  expect(found.conversations.map(({ name }) => name)).toEqual(source.conversations.map(({ name }) => name));
});
