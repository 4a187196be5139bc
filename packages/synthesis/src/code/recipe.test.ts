import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { code } from "./pipeline.js";

const recipe = async () =>
  JSON.parse(await readFile(new URL("../../../../recipes/tasks/code.json", import.meta.url), "utf8"));

it("the recipe of code tasks is one that the pipeline takes: pairs of versions by hash, from many packages", async () => {
  const { pairs } = code.options.parse(await recipe()) as {
    pairs: { name: string; from: { integrity: string }; to: { integrity: string } }[];
  };
  expect(new Set(pairs.map(({ name }) => name)).size).toBeGreaterThanOrEqual(8);
  for (const { from, to } of pairs)
    for (const { integrity } of [from, to]) expect(integrity).toMatch(/^sha(512|1)-[\w+/]+=*$/);
});

it("gives a seed for each pair, with a key of its own", async () => {
  const options = code.options.parse(await recipe());
  const keys = [];
  for await (const { key } of code.seeds(options, { cache: "", signal: new AbortController().signal })) keys.push(key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toHaveLength((options as { pairs: unknown[] }).pairs.length);
});
