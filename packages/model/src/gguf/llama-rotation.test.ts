import { expect, test } from "vitest";
import { parseConfig } from "../config/index.js";
import { publishedConfig } from "../testing/published-config.js";
import { turned } from "./llama-rotation.js";

/** Two heads of 2 nope and 4 rope dims, an indexer of two heads of 6 dims; every width is 1, so that a weight is its row's number. */
const config = (yarn: Record<string, unknown> | null, interleaved = false) =>
  parseConfig({
    ...publishedConfig,
    hidden_size: 1,
    q_lora_rank: 1,
    kv_lora_rank: 3,
    qk_nope_head_dim: 2,
    qk_rope_head_dim: 4,
    index_head_dim: 6,
    indexer_rope_interleave: interleaved,
    rope_scaling: yarn && { type: "yarn", factor: 8, original_max_position_embeddings: 32, ...yarn },
  });
const plain = Array.from({ length: 12 }, (_, i) => i + 1);
const read = (from: ReturnType<typeof config>, name: string) => [
  ...turned(from, `model.layers.0.self_attn.${name}`, Float32Array.from(plain)),
];
const close = (actual: number[], expected: number[]) =>
  expect(actual.map((value, i) => Math.abs(value - expected[i]!) < 1e-4)).not.toContain(false);
const m = (s: number) => 0.1 * s * Math.log(8) + 1;

test.each([null, { mscale: 1, mscale_all_dim: 1 }, { factor: 1, mscale: 0.3 }])(
  "weights stay as they are where llama.cpp turns as we do: %j",
  (yarn) => {
    for (const name of ["q_b_proj.weight", "kv_a_proj_with_mqa.weight", "indexer.wq_b.weight", "indexer.k_norm.bias"])
      expect(read(config(yarn), name)).toEqual(plain);
  },
);

test("other magnitudes are multiplied into what is turned, and into the queries", () => {
  const yarn = config({ mscale: 1, mscale_all_dim: 0.5 });
  const rotated = m(1) / m(0.5);
  const softmax = (m(0.5) / m(1)) ** 2;
  const row = (i: number) => i % 6;
  close(
    read(yarn, "q_b_proj.weight"),
    plain.map((value, i) => value * softmax * (row(i) < 2 ? 1 : rotated)),
  );
  for (const name of ["indexer.wq_b.weight", "indexer.k_norm.weight"])
    close(
      read(yarn, name),
      plain.map((value, i) => value * (row(i) < 4 ? rotated : 1)),
    );
  expect(read(yarn, "indexer.wk.weight")).toEqual(plain);
  expect(read(yarn, "o_proj.weight")).toEqual(plain);
});

test("an indexer that turns neighbours has its rows reordered, its queries', keys' and norm's alike", () => {
  for (const name of ["indexer.wq_b.weight", "indexer.wk.weight", "indexer.k_norm.bias"])
    expect(read(config(null, true), name)).toEqual([1, 3, 2, 4, 5, 6, 7, 9, 8, 10, 11, 12]);
});
