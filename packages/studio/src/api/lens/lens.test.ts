import { fileURLToPath } from "node:url";
import { type LocalEngine, startEngine } from "@cachalot/engine";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LensEvent } from "../../wire/lens.js";
import { Lens } from "./lens.js";

const LAYERS = 5;
const TOPK = 256;

let engine: LocalEngine;
beforeAll(async () => {
  const dir = fileURLToPath(new URL("../../../../../models/embedded", import.meta.url));
  engine = await startEngine(dir, { isolation: "process" });
});
afterAll(() => engine.close());

const prompt = Array.from({ length: 40 }, (_, day) => `Day ${day}: the whale dived to ${day * 37} metres.`).join("\n");
const request = { prompt, maxTokens: 6, temperature: 0, seed: 0, recall: true };

async function eventsOf(lens: Lens): Promise<LensEvent[]> {
  const events: LensEvent[] = [];
  for await (const { event } of lens.log.read(0, new AbortController().signal)) events.push(event);
  return events;
}

test("heat is the sum of what the layers selected, and details are of the same selection", async () => {
  const lens = new Lens("1", "whales", engine, prompt, request);
  const events = await eventsOf(lens);
  const [first, last] = [events[0]!, events.at(-1)!];
  if (first.type !== "prompt") throw new Error("the prompt comes first");
  expect(first).toMatchObject({ layers: LAYERS, topk: TOPK, experts: 8 });
  expect(first.tokens.map(({ text }) => text).join("")).toBe(prompt);
  expect(last).toMatchObject({ type: "done", reason: "length" });
  const tokens = events.flatMap((event) => (event.type === "token" ? [event] : []));
  expect(tokens.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  for (const { heat, index, recall, kept, top, logprob, experts } of tokens) {
    const counts = Buffer.from(heat, "base64");
    expect(counts).toHaveLength(first.tokens.length + index);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(LAYERS * TOPK);
    expect(logprob).toBe(top[0]!.logprob);
    expect(experts).toHaveLength(LAYERS - 1);
    for (const share of [...recall!, ...kept]) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(1);
    }
  }
  const { heat, recall } = tokens[3]!;
  const counts = new Uint8Array(Buffer.from(heat, "base64").length);
  for (let layer = 0; layer < LAYERS; layer++) {
    const detail = await lens.detail(3, layer);
    for (const at of detail.selected) counts[at]!++;
    const least = Math.min(...detail.selected.map((at) => detail.scores[at]!));
    expect(detail.scores.filter((score) => score > least).length).toBeLessThanOrEqual(TOPK);
    for (const [i, share] of detail.recall.entries()) expect(share).toBeCloseTo(recall![i]!, 3);
  }
  expect(Buffer.from(counts).toString("base64")).toBe(heat);
});

test("a token there is not yet, a layer there is not, and a prompt that does not fit are told", async () => {
  const lens = new Lens("2", "whales", engine, "Whales", { ...request, maxTokens: 2 });
  expect((await eventsOf(lens)).filter(({ type }) => type === "token")).toMatchObject([
    { dense: true },
    { dense: true },
  ]);
  await expect(lens.detail(2, 0)).rejects.toMatchObject({ status: 404 });
  await expect(lens.detail(0, LAYERS)).rejects.toMatchObject({ status: 404 });
  await expect(lens.detail(0, 0)).resolves.toMatchObject({ selected: [], recall: [1, 1, 1, 1, 1] });
  const long = new Lens("3", "whales", engine, "whale ".repeat(5000), request);
  expect(await eventsOf(long)).toMatchObject([
    { type: "error", message: expect.stringContaining("the context holds 4096") },
  ]);
  expect(long.running).toBe(false);
});
