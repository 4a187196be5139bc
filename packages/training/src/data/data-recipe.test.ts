import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyDataRecipe as recipe, tinySource } from "../testing/tiny-source.js";
import { parseDataRecipe, readDataRecipe } from "./data-recipe.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-data-recipe-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(dir, name), text);
  return join(dir, name);
}

test("a recipe is checked against what its source has", () => {
  expect(parseDataRecipe(recipe, tinySource)).toMatchObject({ seed: 0, chat: { speaker: "Ahab" } });
  for (const [wrong, field] of [
    [{ ...recipe, chat: { ...recipe.chat, kinds: { jokes: 1 } } }, /chat\.kinds/],
    [{ ...recipe, text: { corpora: { wikipedia: { characters: 1 } } } }, /corpora/],
    [{ ...recipe, chat: { ...recipe.chat, speaker: 7 } }, /chat\.speaker/],
    [{ ...recipe, speed: 1 }, /speed/],
  ] as const)
    expect(() => parseDataRecipe(wrong, tinySource)).toThrow(field);
});

test("a recipe's module is found beside it", async () => {
  await write(
    "own.mjs",
    "export const source = { corpora: [{ name: 'a' }], conversations: [{ name: 'b' }], options: {} };",
  );
  const own = { ...recipe, module: "./own.mjs", text: { corpora: {} }, chat: { tokens: 1, kinds: { b: 1 } } };
  const { source } = await readDataRecipe(await write("own.json", JSON.stringify(own)));
  expect(source.conversations.map(({ name }) => name)).toEqual(["b"]);
});

test.each([
  ["no JSON", "{", /JSON/],
  ["no module", JSON.stringify({ ...recipe, module: undefined }), /module/],
  ["a module that is not there", JSON.stringify({ ...recipe, module: "./none.mjs" }), /none\.mjs.*build it first/s],
  ["a module without a source", JSON.stringify({ ...recipe, module: "./empty.mjs" }), /exports no `source`/],
])("%s is refused with the reason", async (_, text, message) => {
  await write("empty.mjs", "export {};");
  const path = await write("bad.json", text);
  await expect(readDataRecipe(path)).rejects.toMatchObject({
    code: "invalid_recipe",
    message: expect.stringMatching(message),
  });
  await expect(readDataRecipe("/nowhere.json")).rejects.toThrow(/nowhere/);
});
