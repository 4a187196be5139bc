import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ReproductionDirectory, stepFile } from "./run-directory.js";
import type { Scale } from "./scale.js";
import { defineStep } from "./step.js";

let dir: string;
let recipe: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-reproduction-"));
  recipe = join(dir, "recipe.json");
  await writeFile(recipe, "{}");
});
afterAll(() => rm(dir, { recursive: true }));

const scale = { name: "tiny" } as Scale;
const step = defineStep({ name: "one", title: "", needs: [], recipes: () => [recipe], run: async () => ({ x: 1 }) });
const open = (path: string, of = scale) => ReproductionDirectory.open(join(dir, path), of, [step]);

test("a finished step is read again by the next process, with what was interrupted before", async () => {
  const first = await open("a");
  await first.began(step);
  await first.began(step);
  expect(first.of(step)).toBeUndefined();
  await first.finished(step, scale, 2, { x: 1 });
  await first.close();
  const second = await open("a");
  expect(second.of(step)).toEqual({ x: 1 });
  expect(second.record(step)).toMatchObject({ seconds: 2, interruptions: 1 });
  await second.close();
});

test("one process at a time has it", async () => {
  const held = await open("b");
  await expect(open("b")).rejects.toThrow(/process \d+ is at work in .*its own --out/);
  await held.close();
  await (await open("b")).close();
});

test("another scale, and a recipe that changed since, are refused by name; nothing is lost", async () => {
  const run = await open("c");
  await run.began(step);
  await run.finished(step, scale, 1, { x: 1 });
  await run.close();
  const before = await readFile(stepFile(join(dir, "c"), "one"));
  await expect(open("c", { name: "embedded" } as Scale)).rejects.toThrow(/is of scale tiny; pass --scale tiny/);
  await writeFile(recipe, "{ }");
  await expect(open("c")).rejects.toThrow(
    /recipe\.json changed since step one was made.*put it back.*delete .*one\.json/,
  );
  await writeFile(recipe, "{}");
  await (await open("c")).close();
  expect(await readFile(stepFile(join(dir, "c"), "one"))).toEqual(before);
});
