/** New weights while an engine runs, in a real worker on the embedded model. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CompletionEvent, GeneratedTokens } from "@cachalot/chat";
import { type LocalEngine, startEngine } from "@cachalot/engine";
import { initializeParameters, readConfig, saveModel } from "@cachalot/model";
import { defaultDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { childrenOf } from "./support/processes.js";

const embedded = fileURLToPath(new URL("../models/embedded", import.meta.url));
let dir: string;
let other: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "weights-"));
  other = join(dir, "other");
  await cp(embedded, other, { recursive: true });
  const config = await readConfig(embedded);
  await saveModel(other, config, initializeParameters(config, defaultDevice(), 1), { dtype: "f32" });
});
afterAll(() => rm(dir, { recursive: true }));

async function complete(engine: LocalEngine): Promise<{ text: string; generated: GeneratedTokens }> {
  const events: CompletionEvent[] = [];
  const prompt = "The whale is a large animal of the sea, and it dives. ".repeat(4);
  for await (const event of engine.complete({ prompt, temperature: 0, maxTokens: 12, record: {} })) events.push(event);
  const text = events.map((event) => (event.type === "text" ? event.delta : "")).join("");
  const recorded = events.find((event) => event.type === "generated");
  const usage = events.find((event) => event.type === "usage");
  expect(usage).toBeDefined();
  return { text, generated: recorded!.tokens };
}

test("an engine goes on with other weights, says which drew a token, and back", async () => {
  const engine = await startEngine(embedded);
  try {
    const before = await complete(engine);
    expect(await engine.loadWeights(other)).toBe(1);
    const changed = await complete(engine);
    expect(changed.text).not.toBe(before.text);
    expect(new Set(changed.generated.versions)).toEqual(new Set([1]));
    expect(await engine.loadWeights(embedded)).toBe(2);
    const after = await complete(engine);
    expect(after.text).toBe(before.text);
    expect(after.generated.ids).toEqual(before.generated.ids);
    expect(after.generated.logprobs).toEqual(before.generated.logprobs);
  } finally {
    await engine.close();
  }
});

test("a checkpoint of another architecture, or none, is refused and the old weights stay", async () => {
  const strange = join(dir, "strange");
  await cp(embedded, strange, { recursive: true });
  const config = JSON.parse(await readFile(join(embedded, "config.json"), "utf8"));
  await writeFile(join(strange, "config.json"), JSON.stringify({ ...config, index_topk: config.index_topk / 2 }));
  const engine = await startEngine(embedded);
  try {
    const before = await complete(engine);
    await expect(engine.loadWeights(strange)).rejects.toMatchObject({
      code: "load_failed",
      message: expect.stringContaining("another architecture"),
    });
    await expect(engine.loadWeights(join(dir, "none"))).rejects.toMatchObject({ code: "load_failed" });
    const after = await complete(engine);
    expect(after.generated.ids).toEqual(before.generated.ids);
    expect(new Set(after.generated.versions)).toEqual(new Set([0]));
  } finally {
    await engine.close();
  }
});

test.skipIf(process.platform !== "linux")("an engine that dies comes back with the weights it had last", async () => {
  const others = new Set(childrenOf(process.pid));
  const engine = await startEngine(embedded, { isolation: "process", onCrash: () => undefined });
  const kill = () => {
    for (const pid of childrenOf(process.pid)) if (!others.has(pid)) process.kill(pid, "SIGKILL");
  };
  const restarted = (times: number) =>
    vi.waitUntil(() => engine.stats().available && engine.stats().restarts === times, { timeout: 20_000 });
  const versionsOf = ({ generated }: { generated: GeneratedTokens }) => [...new Set(generated.versions)];
  try {
    const before = await complete(engine);
    expect(await engine.loadWeights(other)).toBe(1);
    const changed = await complete(engine);
    kill();
    await restarted(1);
    const again = await complete(engine);
    expect(again.text).toBe(changed.text);
    expect(again.text).not.toBe(before.text);
    expect(versionsOf(again)).toEqual([1]);
    const loading = engine.loadWeights(embedded);
    kill();
    await expect(loading).rejects.toMatchObject({ code: "unavailable" });
    await restarted(2);
    expect(versionsOf(await complete(engine))).toEqual([1]);
    expect(await engine.loadWeights(embedded)).toBe(2);
    kill();
    await restarted(3);
    const back = await complete(engine);
    expect(back.text).toBe(before.text);
    expect(versionsOf(back)).toEqual([2]);
  } finally {
    await engine.close();
  }
});
