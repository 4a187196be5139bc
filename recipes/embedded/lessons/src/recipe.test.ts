import { fileURLToPath } from "node:url";
import { loadSource, readDataRecipe } from "@cachalot/training";
import { expect, test } from "vitest";
import { source } from "./index.js";

test("the embedded data recipe is valid and finds this package", async () => {
  const recipe = await readDataRecipe(fileURLToPath(new URL("../../data.json", import.meta.url)));
  expect(recipe.tokenizer).toMatchObject({ vocabSize: 4096 });
  for (const part of recipe.parts) {
    if (!("module" in part)) throw new Error(`part ${part.kind} names no module`);
    const found = await loadSource(part.module, recipe.dir);
    expect(found.conversations.map(({ name }) => name)).toEqual(source.conversations.map(({ name }) => name));
  }
});
