import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, loadTokenizer } from "@cachalot/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot, embedded } from "./support/cachalot.js";

const TEXT = "The whale dived into the dark water, and the ship waited above it until the morning came.";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-evaluate-"));
});
afterAll(() => rm(dir, { recursive: true }));

interface Row {
  checkpoint: string;
  loss: number;
  perplexity: number;
  bitsPerByte: number;
  tokens: number;
  parts: Record<string, { loss: number; tokens: number }>;
}

async function evaluate(data: string, ...args: string[]): Promise<Row[]> {
  const { stdout, stderr, status } = await cachalot(["evaluate", embedded, data, "--json", ...args]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout) as Row[];
}

/** Nats of a text's tokens, one by one, from the model's logits. */
async function natsOf(text: string): Promise<{ nats: number; tokens: number }> {
  const tokenizer = await loadTokenizer(embedded);
  const model = await loadModel(embedded);
  const ids = [tokenizer.bosTokenId, ...tokenizer.encode(text), tokenizer.eosTokenId];
  const cache = model.createCache(ids.length);
  let nats = 0;
  for (const [i, id] of ids.slice(0, -1).entries()) {
    const logits = Array.from(await model.decode(Int32Array.of(id), [cache]));
    const largest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    nats += largest + Math.log(sum) - logits[ids[i + 1]!]!;
  }
  cache.dispose();
  model.dispose();
  return { nats, tokens: ids.length - 1 };
}

test("the loss of a text is what its tokens cost the model, one after the other", async () => {
  const path = join(dir, "whale.txt");
  await writeFile(path, TEXT);
  const [row] = await evaluate(path);
  const { nats, tokens } = await natsOf(TEXT);
  expect(row!.tokens).toBe(tokens);
  expect(row!.loss).toBeCloseTo(nats / tokens, 4);
  expect(row!.perplexity).toBeCloseTo(Math.exp(row!.loss), 6);
  expect(row!.bitsPerByte).toBeCloseTo(nats / Math.LN2 / Buffer.byteLength(TEXT), 4);
});

test("of a completion only what is to be learnt counts, and every checkpoint gets the same rows", async () => {
  const path = join(dir, "rows.jsonl");
  const rows = Array.from({ length: 12 }, (_, i) => ({ prompt: `Say ${i}: `, completion: `${i} and ${i}` }));
  await writeFile(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  const [one, other] = await evaluate(path, "--against", embedded);
  expect(other).toEqual(one);
  const [texts] = await evaluate(await asText(rows));
  expect(one!.tokens).toBeLessThan(texts!.tokens);
});

async function asText(rows: readonly { prompt: string; completion: string }[]): Promise<string> {
  const path = join(dir, "texts.jsonl");
  await writeFile(path, rows.map(({ prompt, completion }) => JSON.stringify({ text: prompt + completion })).join("\n"));
  return path;
}

test("data that cannot be evaluated are refused by file and line", async () => {
  const path = join(dir, "bad.jsonl");
  await writeFile(path, '{"text": "fine"}\n{"txt": "no"}\n');
  const bad = await cachalot(["evaluate", embedded, path]);
  expect(bad.status).not.toBe(0);
  expect(bad.stderr).toMatch(/bad\.jsonl.*2/s);
  const missing = await cachalot(["evaluate", embedded, join(dir, "nothing.txt")]);
  expect(missing.status).not.toBe(0);
  expect(missing.stderr).toContain("nothing.txt");
});
