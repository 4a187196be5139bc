import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpoint } from "@cachalot/model";
import { defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recipeSchema } from "../recipe/recipe.js";
import { train } from "../run/train.js";
import { silent, tinyRecipe, writeTinyData } from "../testing/tiny-run.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-sft-"));
  await writeTinyData(join(dir, "data"));
});
afterAll(() => rm(dir, { recursive: true }));

async function parameters(model: string): Promise<Map<string, string>> {
  const checkpoint = await openCheckpoint(join(dir, "run", "models", model));
  const values = new Map<string, string>();
  for (const name of checkpoint.names())
    values.set(name, Buffer.from((await checkpoint.readF32(name)).buffer).toString("base64"));
  await checkpoint.close();
  return values;
}

test("fine-tuning changes neither indexer nor expert biases, unless the indexer is asked for", async () => {
  const all = tinyRecipe(join(dir, "data"));
  const sft = { kind: "sft", steps: 3, batch: 2, seq: 48, parts: { text: 1 }, learningRate: 0.01, from: "dense" };
  const stages = [
    { ...all.stages[0], steps: 4 },
    { ...sft, name: "frozen" },
    { ...sft, name: "both", trainIndexer: true },
  ];
  const recipe = recipeSchema.parse({ ...all, stages });
  await train(recipe, { runDir: join(dir, "run"), device: defaultDevice(), progress: silent });
  const [base, frozen, both] = await Promise.all(["dense", "frozen", "both"].map(parameters));
  const changed = (to: Map<string, string>) => [...base!.keys()].filter((name) => base!.get(name) !== to.get(name));
  expect(changed(frozen!).filter((name) => /indexer|correction_bias/.test(name))).toEqual([]);
  expect(changed(frozen!).length).toBeGreaterThan(10);
  expect(changed(both!).some((name) => name.includes("indexer"))).toBe(true);
});
