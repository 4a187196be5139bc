import { Context, createDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { golden } from "../testing/golden.js";
import type { CausalLM } from "./causal-lm.js";
import { loadModel } from "./load.js";
import { packedForward } from "./packed-forward.js";

let model: CausalLM;
beforeAll(async () => {
  model = await loadModel(golden("plain"), { device: createDevice("reference") });
});
afterAll(() => model.dispose());

test.each([160, 4096, 2 ** 31 - 1, -1, -(2 ** 31)])("token %i is refused, and no cache has changed", (id) => {
  const first = model.createCache();
  const second = model.createCache();
  const before = model.blocks.used;
  const tokens = Int32Array.of(3, id, 5);
  const refusal = expect.objectContaining({
    name: "ModelError",
    code: "invalid_token",
    message: expect.stringContaining(`token 1 is ${id}`),
  });
  expect(() => model.prefill(tokens, first)).toThrow(refusal);
  expect(() =>
    model.forward([
      { cache: second, tokens: Int32Array.of(1) },
      { cache: first, tokens },
    ]),
  ).toThrow(refusal);
  expect(() => model.decode(Int32Array.of(id), [first])).toThrow(/0 to 159/);
  expect([first.length, second.length, model.blocks.used]).toEqual([0, 0, before]);
});

test("the last token of the vocabulary is none of them", () => {
  const cache = model.createCache();
  expect(model.prefill(Int32Array.of(159), cache)).toHaveLength(160);
  cache.dispose();
});

test("a training batch is refused before anything is computed", () => {
  const ctx = new Context(model.device, { recording: true });
  const batch = { batch: 1, seq: 2, inputs: Int32Array.of(0, 160) };
  expect(() => packedForward(ctx, model, batch, { attention: "dense" })).toThrow(
    expect.objectContaining({ code: "invalid_token" }),
  );
  ctx.dispose();
});
