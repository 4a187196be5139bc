import { Context, defaultDevice, Random, type Tensor, weightedSum } from "@cachalot/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { golden } from "../testing/golden.js";
import type { CausalLM } from "./causal-lm.js";
import { outputHead } from "./decoder-layer.js";
import { loadModel } from "./load.js";
import type { AttentionMode, MlaForm } from "./mla.js";
import { packedForward } from "./packed-forward.js";

let model: CausalLM;
beforeAll(async () => {
  model = await loadModel(golden("plain"), { device: defaultDevice() });
});
afterAll(() => model.dispose());

const random = new Random(4);
const tokens = (length: number) => Array.from({ length }, () => random.integer(160));
const prompt = tokens(23);
const answers = [tokens(9), tokens(1), tokens(14)];
/** Before the prompt stands another document, behind the last answer another prompt-less one. */
const before = tokens(5);

interface Pass {
  mode: AttentionMode;
  form: MlaForm;
}

/** Logits of a sequence by itself. */
function alone(ctx: Context, ids: readonly number[], { mode, form }: Pass): Tensor {
  const batch = { batch: 1, seq: ids.length, inputs: Int32Array.from(ids) };
  return outputHead(ctx, model, packedForward(ctx, model, batch, { attention: mode, form }).hidden);
}

/** One row: a document, the prompt, the answers behind it. */
function shared(ctx: Context, { mode, form }: Pass): Tensor {
  const parts = [before, prompt, ...answers];
  const [inputs, positions, documentStart, column, length]: number[][] = [[], [], [], [], []];
  for (const [i, part] of parts.entries()) {
    const start = inputs!.length;
    for (const [t, id] of part.entries()) {
      const behind = i >= 2;
      inputs!.push(id);
      positions!.push(behind ? prompt.length + t : t);
      documentStart!.push(start);
      column!.push(behind ? before.length : 0);
      length!.push(behind ? prompt.length : 0);
    }
  }
  const i32 = (values: number[] | undefined) => Int32Array.from(values!);
  const batch = {
    ...{ batch: 1, seq: inputs!.length, inputs: i32(inputs), positions: i32(positions) },
    ...{ documentStart: i32(documentStart), prefix: { column: i32(column), length: i32(length) } },
  };
  return outputHead(ctx, model, packedForward(ctx, model, batch, { attention: mode, form }).hidden);
}

const passes = (["sparse", "dense"] as const).flatMap((mode) =>
  (["mqa", "mha"] as const).map((form) => ({ mode, form })),
);

test.each(passes)("answers behind one prompt have the logits of each behind its own ($mode, $form)", (pass) => {
  const ctx = new Context(model.device);
  const vocab = model.config.vocabSize;
  const packed = shared(ctx, pass).data;
  let at = before.length + prompt.length;
  for (const answer of answers) {
    const own = alone(ctx, [...prompt, ...answer], pass).data;
    for (let i = 0; i < answer.length * vocab; i++)
      expect(Math.abs(packed[at * vocab + i]! - own[prompt.length * vocab + i]!)).toBeLessThan(2e-4);
    at += answer.length;
  }
  ctx.dispose();
});

test("gradients reach the prompt as from each answer behind its own", () => {
  const pass = { mode: "sparse", form: "mqa" } as const;
  const weight = model.parameters.get("model.layers.1.self_attn.kv_a_proj_with_mqa.weight")!;
  const vocab = model.config.vocabSize;
  weight.requiresGrad = true;
  const gradientOf = (logits: (ctx: Context) => Tensor, from: number, rows: number) => {
    const ctx = new Context(model.device, { recording: true });
    const all = logits(ctx);
    const weights = new Float32Array(all.size);
    for (let i = from * vocab; i < (from + rows) * vocab; i++) weights[i] = Math.sin(i - from * vocab);
    const gradient = ctx.backward(weightedSum(ctx, all, ctx.from("f32", [all.size], weights))).get(weight)!;
    const values = Float64Array.from(gradient.data);
    ctx.dispose();
    return values;
  };
  let at = before.length + prompt.length;
  for (const answer of answers) {
    const own = gradientOf((ctx) => alone(ctx, [...prompt, ...answer], pass), prompt.length, answer.length);
    const together = gradientOf((ctx) => shared(ctx, pass), at, answer.length);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of own.entries()) expect(Math.abs(together[i]! - value)).toBeLessThan(2e-4 * largest);
    at += answer.length;
  }
  weight.requiresGrad = false;
});
