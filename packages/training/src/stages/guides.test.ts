// Follows docs/guides/add-a-training-stage.md and add-an-objective.md: their code is the code of testing/guide/, and it trains.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { initializeParameters, NO_LOSS, type PackedBatch, parseConfig } from "@cachalot/model";
import { Context, createDevice } from "@cachalot/tensor";
import { expect, test } from "vitest";
import * as z from "zod";
import { AdamW } from "../optimizer/adamw.js";
import { recipeSchema } from "../recipe/recipe.js";
import { evenDocuments } from "../testing/guide/even-documents.js";
import { tinyRecipe } from "../testing/tiny-run.js";
import { TrainableNetwork } from "../trainer/network.js";
import { stages } from "./index.js";

const here = dirname(fileURLToPath(import.meta.url));
const read = (path: string) => readFile(resolve(here, path), "utf8");

/** Code as a file of `folder` would hold it: relative imports made absolute, the guide's own file names taken for the real ones. */
function code(text: string, folder: string): string {
  return text.replace(/from "(\.[^"]+)"/g, (_, path: string) => {
    const target = resolve(here, "..", folder, path);
    return `from "${target.replace("/testing/guide/document-mean", "/objectives/document-mean")}"`;
  });
}

test.each([
  ["add-a-training-stage.md", "stages", "even-documents.ts"],
  ["add-an-objective.md", "objectives", "document-mean.ts"],
])("%s shows the code that is tested here", async (guide, folder, file) => {
  const [, shown] = /^```ts\n(import [\s\S]*?)^```$/m.exec(await read(`../../../../docs/guides/${guide}`))!;
  expect(code(shown!, folder)).toBe(code(await read(`../testing/guide/${file}`), "testing/guide"));
});

const recipe = tinyRecipe("none");
const { kind, ...fields } = recipe.stages[0]!;
const options = evenDocuments.schema.parse({ ...fields, kind: "even-documents" });

test("the stage of the guide is one more member of the recipe's union", () => {
  const own = z.discriminatedUnion("kind", [...stages.map(({ schema }) => schema), evenDocuments.schema] as never);
  expect(own.safeParse({ ...fields, kind: "even-documents", freezeExperts: true }).success).toBe(true);
  expect(own.safeParse({ ...fields, kind, freezeExperts: true }).success).toBe(false);
  expect(recipeSchema.safeParse({ ...recipe, stages: [{ ...fields, kind: "even-documents" }] }).success).toBe(false);
});

test("the stage of the guide trains what it says, and every document counts the same", () => {
  const device = createDevice("reference");
  const config = parseConfig(recipe.model);
  const network = new TrainableNetwork(config, device, initializeParameters(config, device, 1));
  const trained = network.unfreeze((spec) => evenDocuments.trains(spec, { ...options, freezeExperts: true }));
  expect(trained.some(({ name }) => name.includes(".experts.") || name.includes(".indexer."))).toBe(false);
  const optimizer = new AdamW(device, trained, network.parameters, recipe.optimizer);
  // Two documents of 4 and 12 tokens.
  const batch: PackedBatch = {
    batch: 1,
    seq: 16,
    inputs: Int32Array.from({ length: 16 }, (_, i) => 3 + i),
    targets: Int32Array.from({ length: 16 }, (_, i) => (i === 3 || i === 15 ? NO_LOSS : 4 + i)),
    positions: Int32Array.from({ length: 16 }, (_, i) => (i < 4 ? i : i - 4)),
    documentStart: Int32Array.from({ length: 16 }, (_, i) => (i < 4 ? 0 : 4)),
  };
  const step = () => {
    const ctx = new Context(device, { recording: true });
    const { total, losses } = evenDocuments.objective(ctx, network, batch, options);
    const loss = losses.lmLoss[0]!.data[0]!;
    optimizer.update(ctx, ctx.backward(total), 0.01);
    ctx.dispose();
    return loss;
  };
  const first = step();
  expect(first).toBeCloseTo(Math.log(config.vocabSize), 1);
  let last = first;
  for (let i = 0; i < 10; i++) last = step();
  expect(last).toBeLessThan(first / 2);
  const evaluation = evenDocuments.evaluate({
    network,
    batches: [batch],
    objective: (ctx, each, pass) => evenDocuments.objective(ctx, network, each, options, pass),
    detailed: true,
  });
  expect(evaluation.losses.lmLoss).toBeLessThan(last);
  expect(evaluation.expertLoad).toHaveLength(1);
  optimizer.dispose();
  network.dispose();
});
