import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDevice } from "@cachalot/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint, writeSafetensors } from "../checkpoint/index.js";
import { exportGguf } from "../gguf/index.js";
import { golden } from "../testing/golden.js";
import { loadModel } from "./load.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-damaged-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** The plain golden with some tensors changed; undefined takes one out. */
async function copyWith(
  name: string,
  change: (
    tensor: string,
    values: Float32Array,
    shape: readonly number[],
  ) => [string, Float32Array, number[]?] | undefined,
): Promise<string> {
  const to = join(dir, name);
  await cp(golden("plain"), to, { recursive: true });
  const source = await openCheckpoint(golden("plain"));
  const tensors = [];
  for (const tensor of source.names()) {
    const { shape } = source.info(tensor);
    const changed = change(tensor, await source.readF32(tensor), shape);
    if (changed)
      tensors.push({ name: changed[0], dtype: "f32" as const, shape: changed[2] ?? shape, data: changed[1] });
  }
  await source.close();
  await writeSafetensors(join(to, "model.safetensors"), tensors);
  return to;
}

const load = (path: string) => loadModel(path, { device: createDevice("reference") });

describe("a weight that is no finite number is found when it is read", () => {
  test.each([
    ["model.layers.1.mlp.gate.weight", 5, Number.NaN, "0,5"],
    ["model.layers.0.self_attn.indexer.wk.weight", 0, Number.POSITIVE_INFINITY, "0,0"],
    ["model.layers.1.mlp.experts.3.up_proj.weight", 70, Number.NEGATIVE_INFINITY, undefined],
    ["lm_head.weight", 1, Number.NaN, "0,1"],
    ["model.norm.weight", 2, Number.NaN, "2"],
  ])("%s at %i: %f", async (damaged, at, value, place) => {
    const path = await copyWith(`nan-${at}-${value}`, (name, values) => {
      if (name === damaged) values[at] = value;
      return [name, values];
    });
    const message = expect.stringContaining(place ? `${damaged}[${place}] is ${value}` : `${damaged}[`);
    await expect(load(path)).rejects.toMatchObject({ name: "ModelError", code: "invalid_checkpoint", message });
    await expect(exportGguf(path, join(dir, "out.gguf"))).rejects.toMatchObject({
      code: "invalid_checkpoint",
      message,
    });
  });
});

test.each<[string, RegExp, (name: string) => string | undefined]>([
  ["lm_head", /lm_head\.weight.*tie_word_embeddings/, (name) => (name === "lm_head.weight" ? undefined : name)],
  ["experts", /experts\.0\..*n_routed_experts/, (name) => (name.includes(".experts.0.") ? undefined : name)],
  ["indexer", /indexer\..*no index_\* fields/, (name) => (name.includes(".indexer.") ? undefined : name)],
  ["bias", /e_score_correction_bias.*topk_method/, (name) => (name.includes("e_score") ? undefined : name)],
  ["shared", /shared_experts.*n_shared_experts/, (name) => (name.includes("shared_experts") ? undefined : name)],
  ["norm", /post_attention_layernorm.*all shards/, (name) => (name.includes("post_attention") ? undefined : name)],
  ["prefix", /names are of another kind.*language_model\./, (name) => `language_model.${name}`],
])("a missing tensor is blamed on what misses it: %s", async (label, reason, rename) => {
  const path = await copyWith(`missing-${label}`, (name, values) => {
    const renamed = rename(name);
    return renamed ? [renamed, values] : undefined;
  });
  const error = await load(path).catch((caught: Error) => caught);
  expect(error).toMatchObject({ name: "ModelError", code: "missing_tensor" });
  expect((error as Error).message).toMatch(reason);
  if (label !== "indexer") expect((error as Error).message).not.toMatch(/index_\*/);
});

test("experts stacked in one tensor are named as such", async () => {
  const path = await copyWith("fused", (name, values) =>
    /\.experts\.\d+\./.test(name)
      ? name.includes(".experts.0.down_proj")
        ? [name.replace(".0.down_proj.weight", ".gate_up_proj"), values]
        : undefined
      : [name, values],
  );
  await expect(load(path)).rejects.toThrow(/experts are stacked/);
});

test("a Git LFS pointer in place of the weights is named as such", async () => {
  const path = join(dir, "lfs");
  await cp(golden("plain"), path, { recursive: true });
  await writeFile(
    join(path, "model.safetensors"),
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
  );
  await expect(load(path)).rejects.toMatchObject({
    code: "invalid_checkpoint",
    message: expect.stringMatching(/Git LFS pointer.*git lfs pull/),
  });
});

test("a byte order mark before config.json is skipped", async () => {
  const path = await copyWith("bom", (name, values) => [name, values]);
  await writeFile(join(path, "config.json"), `\ufeff${await readFile(join(path, "config.json"), "utf8")}`);
  (await load(path)).dispose();
});
