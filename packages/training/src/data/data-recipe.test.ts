import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseDataRecipe, readDataRecipe } from "./data-recipe.js";

const path = fileURLToPath(new URL("../../../../recipes/embedded/data.json", import.meta.url));

test("the embedded recipe is valid", async () => {
  expect((await readDataRecipe(path)).tokenizer.vocabSize).toBe(4096);
});

test("a mistake is named", async () => {
  const json = JSON.parse(await readFile(path, "utf8"));
  expect(() => parseDataRecipe({ ...json, chat: { ...json.chat, kinds: { jokes: 1 } } })).toThrow(/chat\.kinds/);
  expect(() => parseDataRecipe({ ...json, text: { corpora: { wikipedia: { characters: 1 } } } })).toThrow(/corpora/);
  await expect(readDataRecipe("/nowhere.json")).rejects.toThrow(/nowhere/);
});
