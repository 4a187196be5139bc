/** Exported files, run by llama.cpp itself. */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeMessages } from "@cachalot/chat";
import { exportGguf, loadModel, loadTokenizer, openCheckpoint } from "@cachalot/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded, golden } from "./support/cachalot.js";
import { llamaUnavailable, startLlama, writeByteTokenizer } from "./support/llama.js";

const skip = llamaUnavailable !== undefined && !process.env.CACHALOT_REQUIRE?.includes("llama");
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-llama-"));
});
afterAll(() => rm(dir, { recursive: true }));

test.skipIf(skip)("a golden model gives the golden probabilities there", async () => {
  const from = join(dir, "plain");
  await mkdir(from);
  for (const file of ["config.json", "model.safetensors"])
    await copyFile(join(golden, "model", "plain", file), join(from, file));
  await writeByteTokenizer(join(from, "tokenizer.json"), 160);
  await exportGguf(from, join(dir, "plain.gguf"));
  const expected = await openCheckpoint(join(golden, "model", "plain", "expected.safetensors"));
  const logits = await expected.readF32("prefill_logits");
  const [, S, V] = expected.info("prefill_logits").shape as [number, number, number];
  const tokens = Array.from((await expected.read("tokens")).data as BigInt64Array, Number).slice(0, S);
  await expected.close();
  const peer = await startLlama(join(dir, "plain.gguf"), 128);
  try {
    const { probabilities } = await peer.ask<{ probabilities: [number, number][][] }>({ probabilities: tokens });
    let largest = 0;
    probabilities.forEach((row, i) => {
      const own = logits.subarray(i * V, (i + 1) * V);
      const max = Math.max(...own);
      const total = own.reduce((sum, logit) => sum + Math.exp(logit - max), 0);
      expect(row).toHaveLength(V);
      for (const [token, p] of row) largest = Math.max(largest, Math.abs(p - Math.exp(own[token]! - max) / total));
    });
    expect(largest).toBeLessThanOrEqual(1e-5);
  } finally {
    peer.end();
  }
});

test.skipIf(skip)("the embedded model reads the same tokens and says the same there", async () => {
  await exportGguf(embedded, join(dir, "embedded.gguf"));
  const tokenizer = await loadTokenizer(embedded);
  const model = await loadModel(embedded);
  const peer = await startLlama(join(dir, "embedded.gguf"), 1024);
  try {
    for (const content of ["Hello!", "What is 12 * 7?", "Répète: 🐋 I'm  here\n\n\tdef f(x): 1234"]) {
      const prompt = encodeMessages([{ role: "user", content }], { thinkingMode: "thinking" });
      const tokens = tokenizer.encode(prompt);
      expect((await peer.ask<{ tokens: number[] }>({ tokenize: prompt })).tokens).toEqual(tokens);
      const count = 24;
      const theirs = await peer.ask<{ tokens: number[] }>({ greedy: tokens, count });
      const cache = model.createCache(1024);
      const ours: number[] = [];
      let logits = model.prefill(Int32Array.from(tokens), cache);
      while (ours.length < count) {
        ours.push(logits.indexOf(Math.max(...logits)));
        if (ours.at(-1) === tokenizer.eosTokenId) break;
        logits = model.decode(Int32Array.of(ours.at(-1)!), [cache]);
      }
      cache.dispose();
      expect(theirs.tokens).toEqual(ours);
    }
  } finally {
    peer.end();
    model.dispose();
  }
});
