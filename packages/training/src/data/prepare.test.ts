import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyDataRecipe, tinySource } from "../testing/tiny-source.js";
import { parseDataRecipe } from "./data-recipe.js";
import { openDataset } from "./dataset.js";
import { prepareData } from "./prepare.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-prepare-"));
});
afterAll(() => rm(dir, { recursive: true }));

const recipe = parseDataRecipe(tinyDataRecipe, "/nowhere");
const loadSource = async () => tinySource;

test("the same recipe gives the same bytes, wherever its module lies, and is not made twice", async () => {
  const stages = new Set<string>();
  const a = join(dir, "a");
  const manifest = await prepareData(recipe, a, { loadSource, onProgress: ({ stage }) => stages.add(stage) });
  expect([...stages]).toEqual(["material", "tokenizer", "text", "chat"]);
  const moved = parseDataRecipe({ ...tinyDataRecipe, module: "elsewhere" }, "/elsewhere");
  await prepareData(moved, join(dir, "b"), { loadSource });
  for (const file of await readdir(a))
    expect(await readFile(join(dir, "b", file)), file).toEqual(await readFile(join(a, file)));
  const unavailable = { loadSource: () => Promise.reject(new Error("asked again")) };
  expect(await prepareData(recipe, a, unavailable)).toEqual(manifest);
  await expect(prepareData({ ...recipe, seed: 1 }, a, unavailable)).rejects.toThrow("asked again");
  expect((await openDataset(a)).manifest).toEqual(manifest);
});

test("texts and conversations become parts of a dataset, some of each held out", async () => {
  const out = join(dir, "c");
  const { parts, kinds, sources } = await prepareData(recipe, out, { loadSource });
  expect(parts.text).toMatchObject({ policy: "split" });
  expect(parts.chat).toMatchObject({ policy: "cut" });
  for (const { train, heldout } of Object.values(parts)) {
    expect(heldout.documents).toBeGreaterThan(0);
    expect(train.documents).toBeGreaterThan(heldout.documents);
  }
  expect(kinds.repeat).toEqual(parts.chat!.train);
  expect(parts.chat!.train.learnt).toBeLessThan(parts.chat!.train.tokens / 2);
  expect(sources).toMatchObject([{ name: "sentences", package: "none", licence: "MIT" }]);
  const { inputs } = (await openDataset(out)).batch({
    parts: { text: 1, chat: 1 },
    batch: 2,
    seq: 64,
    seed: 0,
    step: 0,
  });
  expect(inputs.every((token) => token < 340)).toBe(true);
});
