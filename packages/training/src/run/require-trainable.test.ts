import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTokenFile, TokenFileBuilder, writeTokenFile } from "../data/token-file.js";
import type { Recipe } from "../recipe/recipe.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";
import { train } from "./train.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-trainable-"));
  await writeTinyData(join(dir, "data"));
});
afterAll(() => rm(dir, { recursive: true }));

/** The error of a training that must not begin: it leaves no run behind. */
async function refused(
  change: (recipe: Recipe) => unknown,
  data = join(dir, "data"),
): Promise<Error & { code: string }> {
  const recipe = tinyRecipe(data);
  change(recipe);
  const runDir = join(dir, "run");
  const error = await train(recipe, { runDir, device: createDevice("reference"), progress: silent }).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Error);
  expect(existsSync(runDir)).toBe(false);
  return error as Error & { code: string };
}

/** A copy of the data whose manifest says other things of its tokenizer. */
async function dataWith(name: string, tokenizer: Record<string, number>): Promise<string> {
  const copy = join(dir, name);
  await writeTinyData(copy);
  const manifest = JSON.parse(await readFile(join(copy, "manifest.json"), "utf8"));
  Object.assign(manifest.tokenizer, tokenizer);
  await writeFile(join(copy, "manifest.json"), JSON.stringify(manifest));
  return copy;
}

const withoutIndexer = (recipe: Recipe) => {
  const { index_n_heads, index_head_dim, index_topk, ...rest } = recipe.model;
  recipe.model = { ...rest, model_type: "deepseek_v3" };
};

test.each(["warmup", "sparse"] as const)("a %s stage of a model without an indexer is refused", async (kind) => {
  const error = await refused((recipe) => {
    withoutIndexer(recipe);
    recipe.stages = [{ ...recipe.stages[0]!, kind } as Recipe["stages"][number]];
  });
  expect(error).toMatchObject({ name: "TrainingError", code: "invalid_recipe" });
  expect(error.message).toMatch(new RegExp(`stages\\.0.*${kind} stage.*index_n_heads`));
});

test("a later stage is checked before the first one begins", async () => {
  const error = await refused(withoutIndexer);
  expect(error.message).toMatch(/stages\.1 \(warmup\)/);
});

test.each([
  [1, /seq at least 2/],
  [65, /seq 65 is longer than the model's context of 64/],
])("rows of %i tokens are refused", async (seq, reason) => {
  const error = await refused((recipe) => {
    Object.assign(recipe.stages[2]!, { seq });
  });
  expect(error).toMatchObject({ code: "invalid_recipe" });
  expect(error.message).toMatch(reason);
});

test("data of a tokenizer larger than the embedding is refused, used or not", async () => {
  const data = await dataWith("large", { vocabSize: 65 });
  const error = await refused(() => {}, data);
  expect(error).toMatchObject({ name: "TrainingError", code: "invalid_data" });
  expect(error.message).toMatch(/ids up to 64.*vocab_size is 64/);
});

test("data whose tokens are past the embedding is refused, whatever its manifest says", async () => {
  const shrink = (recipe: Recipe) => Object.assign(recipe.model, { vocab_size: 52 });
  const data = await dataWith("small", { vocabSize: 50 });
  const error = await refused(shrink, data);
  expect(error.message).toMatch(/ids up to 52.*at least 53/);
  const padded = await dataWith("pad", { pad: 4096 });
  expect((await refused(() => {}, padded)).message).toMatch(/ids up to 4096/);
});

test("parts that the data does not have are refused before the run begins", async () => {
  const error = await refused((recipe) => {
    Object.assign(recipe.stages[1]!, { parts: { text: 1, chat: 1 } });
  });
  expect(error).toMatchObject({ code: "invalid_data" });
  expect(error.message).toMatch(/no part "chat"/);
});

/** A copy of the data with files of a side of its part changed. */
async function dataWithout(name: string, change: (copy: string) => Promise<void>): Promise<string> {
  const copy = join(dir, name);
  await writeTinyData(copy);
  await change(copy);
  return copy;
}

const empty = (split: string) => async (copy: string) =>
  writeTokenFile(copy, `text.${split}`, new TokenFileBuilder().build());
const unlearnt = (split: string) => async (copy: string) => {
  const file = await readTokenFile(copy, `text.${split}`);
  await writeTokenFile(copy, `text.${split}`, { ...file, mask: new Uint8Array(file.mask.length) });
};

test.each([
  [
    "nothing held out",
    "heldout",
    empty,
    /parts\.text: .*nothing held out to evaluate on; prepare it with heldOut above 0/,
  ],
  ["nothing to train on", "train", empty, /parts\.text: .*nothing to train on; prepare more data/],
  ["nothing learnt of what is held out", "heldout", unlearnt, /nothing held out.*none of its tokens is learnt/],
  ["nothing learnt in training", "train", unlearnt, /nothing to train on.*none of its tokens is learnt/],
] as const)("a part with %s is refused, whatever the kind of stage", async (name, split, change, message) => {
  const data = await dataWithout(name, change(split));
  const rollouts = { runs: [dir] };
  for (const stage of [
    { kind: "dense" },
    { kind: "warmup" },
    { kind: "sparse" },
    { kind: "sft" },
    { kind: "distill", rollouts, parts: { text: 0.5 } },
  ]) {
    const error = await refused((recipe) => {
      recipe.stages = [{ ...recipe.stages[0]!, ...stage } as unknown as Recipe["stages"][number]];
    }, data);
    expect(error).toMatchObject({ code: "invalid_data", message: expect.stringMatching(message) });
    expect(error.message).toContain("stages.0 (dense)");
  }
});
