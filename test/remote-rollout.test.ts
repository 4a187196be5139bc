/** A policy on another machine: what `cachalot serve` samples is recorded over HTTP as the engine here would record it. */

import { fileURLToPath } from "node:url";
import { type CompletionModel, createRemoteCompletionModel, type GeneratedTokens } from "@cachalot/chat";
import { type LocalEngine, startEngine } from "@cachalot/engine";
import { createServer, type RunningServer } from "@cachalot/server";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";

let engine: LocalEngine;
let server: RunningServer;
beforeAll(async () => {
  engine = await startEngine(fileURLToPath(new URL("../models/embedded", import.meta.url)));
  server = await createServer({ chat: engine, completion: engine, port: 0, graceMs: 10 });
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

const PROMPT = [0, 2, 3652, 41, 1048, 3];

async function recorded(model: CompletionModel, seed: number): Promise<GeneratedTokens> {
  let tokens: GeneratedTokens | undefined;
  const request = { prompt: PROMPT, temperature: 1, topP: 1, topK: 0, seed, maxTokens: 40, record: {} };
  for await (const event of model.complete(request)) if (event.type === "generated") tokens = event.tokens;
  return tokens!;
}

test("a rollout over HTTP has the ids and log-probabilities of one made here", async () => {
  const remote = createRemoteCompletionModel({ baseUrl: `${server.url}/v1`, model: engine.id, profile: "vllm" });
  for (const seed of [1, 2, 3]) {
    const [here, there] = [await recorded(engine, seed), await recorded(remote, seed)];
    expect(there.ids).toEqual(here.ids);
    expect(there.promptIds).toEqual(here.promptIds);
    for (const [i, logprob] of there.logprobs.entries()) expect(logprob).toBeCloseTo(here.rawLogprobs[i]!, 4);
  }
});

test("an answer in one piece tells the same ids, with the prompt's", async () => {
  const { ids } = await recorded(engine, 4);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
  const body = { model: engine.id, prompt: PROMPT, temperature: 1, top_p: 1, seed: 4, max_tokens: 40 };
  const answer = await client.completions.create({ ...body, return_token_ids: true } as typeof body);
  expect(answer.choices[0]).toMatchObject({ token_ids: ids, prompt_token_ids: PROMPT, logprobs: null });
});
