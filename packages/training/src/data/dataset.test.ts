import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Dataset, openDataset } from "./dataset.js";
import { TokenFileBuilder, writeTokenFile } from "./token-file.js";

let dir: string;
let dataset: Dataset;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-dataset-"));
  const parts: Record<string, unknown> = {};
  for (const [part, policy, offset] of [
    ["text", "split", 100],
    ["chat", "cut", 5000],
  ] as const) {
    for (const split of ["train", "heldout"]) {
      const builder = new TokenFileBuilder();
      for (let i = 0; i < 100; i++)
        builder.add(Array.from({ length: 5 + ((i * 31) % 40) }, (_, j) => offset + i * 40 + j));
      await writeTokenFile(dir, `${part}.${split}`, builder.build());
    }
    parts[part] = { policy };
  }
  await writeFile(join(dir, "manifest.json"), JSON.stringify({ parts, tokenizer: { vocabSize: 10_000, pad: 2 } }));
  dataset = await openDataset(dir);
});

afterAll(() => rm(dir, { recursive: true }));

const request = { parts: { text: 0.5, chat: 0.5 }, batch: 4, seq: 64, seed: 1 };

test("any step can be asked for in any order, also across epochs, and after reopening", async () => {
  const steps = [0, 1, 2, 25, 400, 7];
  const first = steps.map((step) => dataset.batch({ ...request, step }));
  expect(new Set(first.map(({ inputs }) => inputs.join())).size).toBe(steps.length);
  const again = await openDataset(dir);
  for (const i of [5, 0, 3, 1, 4, 2]) {
    expect(again.batch({ ...request, step: steps[i]! })).toStrictEqual(first[i]);
  }
  expect(dataset.batch({ ...request, seed: 2, step: 0 }).inputs).not.toEqual(first[0]!.inputs);
});

test("an epoch shows every document, and the parts come in their shares", () => {
  const seen = new Set<number>();
  let text = 0;
  const steps = Math.ceil((2 * dataset.rows("text", 64)) / 4);
  for (let step = 0; step < steps; step++) {
    const { inputs } = dataset.batch({ ...request, step });
    for (const token of inputs) seen.add(token);
    for (let row = 0; row < 4; row++) if (inputs[row * 64]! < 5000) text++;
  }
  expect(text).toBe(steps * 2);
  // A token at the very end of a row's split may be left out: it predicts nothing.
  expect([...seen].filter((token) => token >= 100 && token < 5000).length).toBeGreaterThan(2300);
});

test("held-out batches are fixed and full", () => {
  const batches = dataset.heldout("chat", 4, 64);
  expect(batches.length).toBeGreaterThan(5);
  expect(dataset.heldout("chat", 4, 64)).toStrictEqual(batches);
  for (const { inputs } of batches) for (let row = 0; row < 4; row++) expect(inputs[row * 64]).not.toBe(2);
});

test("a missing part or directory names the fix", async () => {
  expect(() => dataset.batch({ ...request, parts: { code: 1 }, step: 0 })).toThrow(/no part "code"/);
  await expect(openDataset(join(dir, "nowhere"))).rejects.toThrow(/cachalot prepare/);
});

test("documents that a row cuts are counted, where they stay in one row", () => {
  // Lengths are 5 to 44, each residue of 40 at least twice.
  expect(dataset.cut("chat", 44)).toEqual({ cut: 0, documents: 100, longest: 44 });
  const { cut } = dataset.cut("chat", 20);
  expect(cut).toBe(Array.from({ length: 100 }, (_, i) => 5 + ((i * 31) % 40)).filter((length) => length > 20).length);
  expect(dataset.cut("text", 20)).toMatchObject({ cut: 0, longest: 44 });
});
