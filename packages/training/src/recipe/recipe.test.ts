import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyRecipe } from "../testing/tiny-run.js";
import { loadRecipe } from "./recipe.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-recipe-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function write(name: string, value: unknown): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

test("a recipe extends another: objects are merged, arrays replaced", async () => {
  await write("base.json", tinyRecipe("data"));
  const path = await write("own.json", { extends: "base.json", name: "own", optimizer: { weightDecay: 0 } });
  const recipe = await loadRecipe(path);
  expect(recipe).toMatchObject({ name: "own", optimizer: { weightDecay: 0, beta2: 0.95 } });
  expect(recipe.stages).toHaveLength(4);
});

test.each([
  ["no JSON", "{", /cannot read recipe/],
  ["no object", [], /must hold a JSON object/],
  ["an unknown field", { ...tinyRecipe("data"), speed: 1 }, /speed|Unrecognized/],
  [
    "a stage without steps",
    { ...tinyRecipe("data"), stages: [{ ...tinyRecipe("data").stages[0], steps: 0 }] },
    /stages\.0\.steps/,
  ],
  [
    "two stages of one name",
    { ...tinyRecipe("data"), stages: [tinyRecipe("data").stages[0], tinyRecipe("data").stages[0]] },
    /two stages are named "dense"/,
  ],
  [
    "a stage from a later one",
    { ...tinyRecipe("data"), stages: [{ ...tinyRecipe("data").stages[0], from: "sparse" }] },
    /no earlier stage/,
  ],
  ["itself as parent", { extends: "bad.json" }, /extends itself/],
])("%s is refused with the reason", async (_, value, message) => {
  await expect(loadRecipe(await write("bad.json", value))).rejects.toThrow(message);
});
