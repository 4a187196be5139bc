import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyDataRecipe as recipe, tinySource } from "../testing/tiny-source.js";
import { parseDataRecipe, readDataRecipe } from "./data-recipe.js";
import { loadSource } from "./load-source.js";
import { prepareData } from "./prepare.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-data-recipe-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(dir, name), text);
  return join(dir, name);
}

test("a module's corpora and conversations are parts named text and chat", () => {
  const { parts, ...rest } = parseDataRecipe(recipe, dir);
  expect(rest).toMatchObject({ seed: 0, heldOut: 0.1, dir });
  expect(parts).toMatchObject([
    { name: "text", kind: "corpora", module: recipe.module },
    { name: "chat", kind: "conversations", speaker: "Ahab" },
  ]);
});

test("a recipe is checked against what its source has", async () => {
  for (const [wrong, field] of [
    [{ ...recipe, chat: { ...recipe.chat, kinds: { jokes: 1 } } }, /chat\.kinds.*"jokes".*it has repeat/],
    [{ ...recipe, text: { corpora: { wikipedia: { characters: 1 } } } }, /corpora.*wikipedia.*it has sentences/],
    [{ ...recipe, chat: { ...recipe.chat, speaker: 7 } }, /chat\.speaker/],
    [{ ...recipe, speed: 1 }, /speed/],
  ] as const)
    await expect(
      (async () =>
        prepareData(parseDataRecipe(wrong, dir), join(dir, "out"), { loadSource: async () => tinySource }))(),
    ).rejects.toMatchObject({ code: "invalid_recipe", message: expect.stringMatching(field) });
});

test("a module is found beside its recipe", async () => {
  await write("own.mjs", "export const source = { corpora: [], conversations: [{ name: 'b' }], options: {} };");
  expect((await loadSource("./own.mjs", dir)).conversations.map(({ name }) => name)).toEqual(["b"]);
});

test.each([
  ["a module that is not there", "./none.mjs", /none\.mjs.*build it first/s],
  ["a module without a source", "./empty.mjs", /exports no `source`/],
])("%s is refused with the reason", async (_, module, message) => {
  await write("empty.mjs", "export {};");
  const path = await write("module.json", JSON.stringify({ ...recipe, module }));
  await expect(prepareData(await readDataRecipe(path), join(dir, "out"))).rejects.toMatchObject({
    code: "invalid_recipe",
    message: expect.stringMatching(message),
  });
});

const tokenizer = { vocabSize: 300, modelMaxLength: 64 };

test.each([
  ["no JSON", "{", /JSON/],
  ["no module and no parts", JSON.stringify({ ...recipe, module: undefined }), /module/],
  ["no parts", JSON.stringify({ tokenizer, parts: [] }), /parts/],
  ["an unknown kind of part", JSON.stringify({ tokenizer, parts: [{ kind: "csv", files: "a" }] }), /parts\[0\].kind/],
  ["a part without files", JSON.stringify({ tokenizer, parts: [{ kind: "text" }] }), /parts\[0\].files/],
  [
    "two parts of one name",
    JSON.stringify({
      tokenizer,
      parts: [
        { kind: "text", files: "a" },
        { kind: "jsonl", name: "text", files: "b" },
      ],
    }),
    /two parts named "text"/,
  ],
  [
    "a vocabulary that cannot be trained",
    JSON.stringify({ tokenizer: { ...tokenizer, vocabSize: 129280 }, parts: [{ kind: "text", files: "a" }] }),
    /at most 30000.*tokenizer\.json/,
  ],
])("a recipe with %s is refused with the reason", async (_, text, message) => {
  await expect(readDataRecipe(await write("bad.json", text))).rejects.toMatchObject({
    code: "invalid_recipe",
    message: expect.stringMatching(message),
  });
  await expect(readDataRecipe("/nowhere.json")).rejects.toThrow(/nowhere/);
});
