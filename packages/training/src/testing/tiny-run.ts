import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TokenFileBuilder, writeTokenFile } from "../data/token-file.js";
import { type Recipe, recipeSchema } from "../recipe/recipe.js";
import type { Progress } from "../run/progress.js";

/** A dataset of counting sequences: document i counts upwards from i by a small step, modulo 50. */
export async function writeTinyData(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const split of ["train", "heldout"]) {
    const builder = new TokenFileBuilder();
    for (let i = 0; i < 60; i++)
      builder.add(Array.from({ length: 20 + (i % 30) }, (_, j) => 3 + ((i + j * (1 + (i % 3))) % 50)));
    await writeTokenFile(dir, `text.${split}`, builder.build());
  }
  await writeFile(
    join(dir, "manifest.json"),
    JSON.stringify({ parts: { text: { policy: "split" } }, tokenizer: { vocabSize: 53, bos: 0, eos: 1, pad: 2 } }),
  );
  for (const file of ["tokenizer.json", "tokenizer_config.json", "generation_config.json"])
    await writeFile(join(dir, file), "{}");
}

/** All stages over the tiny dataset with a model of a few thousand parameters. */
export function tinyRecipe(dataDir: string, steps = 8): Recipe {
  const stage = { batch: 2, seq: 48, parts: { text: 1 } };
  return recipeSchema.parse({
    name: "tiny",
    seed: 3,
    model: {
      model_type: "deepseek_v32",
      vocab_size: 64,
      hidden_size: 32,
      intermediate_size: 48,
      moe_intermediate_size: 16,
      num_hidden_layers: 2,
      first_k_dense_replace: 1,
      num_attention_heads: 2,
      n_routed_experts: 4,
      n_shared_experts: 1,
      num_experts_per_tok: 2,
      q_lora_rank: 16,
      kv_lora_rank: 16,
      qk_nope_head_dim: 8,
      qk_rope_head_dim: 8,
      v_head_dim: 8,
      index_n_heads: 4,
      index_head_dim: 16,
      index_topk: 12,
      max_position_embeddings: 64,
    },
    data: { dir: dataDir },
    stages: [
      { ...stage, name: "dense", kind: "dense", steps: 3 * steps, learningRate: 0.02 },
      { ...stage, name: "warmup", kind: "warmup", steps: 2 * steps, learningRate: 0.02 },
      { ...stage, name: "sparse", kind: "sparse", steps, learningRate: 0.002, dataSeed: 9 },
      { ...stage, name: "dense-control", kind: "dense", from: "warmup", steps, learningRate: 0.002, dataSeed: 9 },
    ],
    evaluation: { every: 5, batches: 2 },
    checkpoint: { every: 3, keep: 2 },
  });
}

export const silent: Progress = { start() {}, update() {}, note() {}, stop() {} };
