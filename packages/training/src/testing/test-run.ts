import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Recipe, recipeSchema } from "../recipe/recipe.js";
import type { MetricRecord } from "../run/metric-record.js";

const model = {
  model_type: "deepseek_v32",
  vocab_size: 160,
  hidden_size: 96,
  intermediate_size: 160,
  moe_intermediate_size: 48,
  num_hidden_layers: 3,
  first_k_dense_replace: 1,
  num_attention_heads: 4,
  n_routed_experts: 8,
  n_shared_experts: 1,
  num_experts_per_tok: 3,
  n_group: 4,
  topk_group: 2,
  scoring_func: "sigmoid",
  topk_method: "noaux_tc",
  norm_topk_prob: true,
  routed_scaling_factor: 2.5,
  q_lora_rank: 48,
  kv_lora_rank: 32,
  qk_nope_head_dim: 16,
  qk_rope_head_dim: 8,
  v_head_dim: 16,
  index_n_heads: 16,
  index_head_dim: 32,
  index_topk: 12,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  max_position_embeddings: 128,
  hidden_act: "silu",
  attention_bias: false,
  tie_word_embeddings: false,
};

const shared = { batch: 4, seq: 64, parts: { text: 0.5, chat: 0.5 } };

/** dense -> warmup -> sparse, with dense-control from dense. */
export const testRecipe: Recipe = recipeSchema.parse({
  name: "synthetic",
  description: "Curves from formulas <not> a training",
  model,
  data: { recipe: "data.json", dir: "data/none" },
  stages: [
    { name: "dense", kind: "dense", steps: 400, learningRate: 1e-3, schedule: { warmupSteps: 40 }, ...shared },
    { name: "warmup", kind: "warmup", steps: 100, learningRate: 1e-3, ...shared },
    { name: "sparse", kind: "sparse", steps: 200, learningRate: 1e-4, dataSeed: 9, ...shared },
    { name: "dense-control", kind: "dense", from: "dense", steps: 200, learningRate: 1e-4, dataSeed: 9, ...shared },
  ],
  evaluation: { every: 50, batches: 2 },
});

/** Metrics as a run of `testRecipe` would write them; sparse ends 0.5 % above dense-control on text, 0.25 % on chat. */
export function testMetrics(): MetricRecord[] {
  const records: MetricRecord[] = [];
  const rowTokens = shared.batch * shared.seq;
  const offsets: Record<string, number> = { dense: 0, warmup: 400, sparse: 500, "dense-control": 400 };
  for (const { name, kind, steps } of testRecipe.stages) {
    const offset = offsets[name]!;
    const trained = kind === "warmup" ? () => 400 : (step: number) => (name === "sparse" ? 400 : offset) + step;
    const loss = (step: number) => 2 + 3 * Math.exp(-trained(step) / 120);
    const kl = (step: number) => (kind === "warmup" ? 4 * Math.exp(-step / 30) + 0.4 : 0.4 - step / 1000);
    const noise = (step: number) => 0.1 * Math.sin(step * 12.9898);
    for (let step = 0; step <= steps; step++) {
      const tokens = (offset + step) * rowTokens;
      if (step > 0)
        records.push({
          kind: "step",
          stage: name,
          step,
          tokens,
          learningRate: 1e-3 * Math.min(step / 40, 1),
          tokensPerSecond: 2560,
          lmLoss: loss(step) + noise(step),
          ...(kind === "dense" ? {} : { indexerLoss: kl(step) * (1 + noise(step)) }),
          gradientNorm: 0.5 + Math.abs(noise(step)) + 2 / step,
          ...(kind === "warmup" ? {} : { expertImbalance: 1.2 + 2 * Math.exp(-trained(step) / 60) + noise(step) }),
        });
      if (step % 50 === 0)
        records.push({
          kind: "evaluation",
          stage: name,
          step,
          tokens,
          lmLoss: loss(step) * (kind === "sparse" ? 1.00375 : 1),
          lossByPart: {
            text: loss(step) * (kind === "sparse" ? 1.005 : 1),
            chat: loss(step) * (kind === "sparse" ? 1.0025 : 1),
          },
          ...(kind === "dense"
            ? {}
            : { indexerLoss: kl(step), recall: [0, 1, 2].map((l) => 0.9 - l / 20 - kl(step) / 10) }),
          expertLoad: [0, 1].map((layer) =>
            Array.from({ length: 8 }, (_, x) => (1 + (x - 3.5) * 0.05 * (layer + 1)) / 8),
          ),
        });
    }
  }
  return records;
}

/** Metrics of a stage "rl" that learns from rewards. */
export function testRlMetrics(steps: number): MetricRecord[] {
  const summary = (pass1: number) => ({ rollouts: 64, reward: pass1, pass1 });
  const sets = (pass1: number) => ({ "sorting/chat": summary(pass1), "sorting/thinking": summary(pass1 / 2) });
  return Array.from({ length: steps + 1 }, (_, step): MetricRecord[] => {
    const pass1 = 0.1 + 0.04 * step;
    const length = { mean: 9 + step, max: 20 + step };
    const about = { stage: "rl", step, tokens: 1000 * step };
    const heldOut = { ...summary(pass1), byTaskset: sets(pass1), length, truncated: 0 };
    if (step === 0) return [{ kind: "evaluation", ...about, heldOut }];
    const masks = { clippedLow: 0.01, clippedHigh: 0.02, sequencesDropped: 0.1, ratiosClamped: 0 };
    const rl = {
      ...{ ...summary(pass1), ...masks, groups: 8, passG: 0.6, mixedGroups: 0.5, solvedGroups: 0.2, failedGroups: 0.3 },
      ...{
        unjudged: 0,
        refills: 2,
        byTaskset: sets(pass1),
        byLevel: {},
        outcomes: { solved: 6 },
        length,
        truncated: 0,
      },
      ...{
        entropy: 1 / step,
        mismatch: { mean: 1e-6, max: 3e-5, k3: 1e-12 },
        age: 0,
        sequences: 60,
        sampledTokens: 600,
      },
      ...{ ratioMean: 1, ratioMax: 1 + step, kl: 0.01 * step },
    };
    return [
      {
        kind: "step",
        ...about,
        stepTokens: 1000,
        learningRate: 1e-4,
        tokensPerSecond: 500,
        policyLoss: 0.1,
        gradientNorm: 1,
        rl,
      },
      { kind: "evaluation", ...about, heldOut },
    ];
  }).flat();
}

export function toJsonLines(records: readonly MetricRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** A run directory of `testRecipe` in a new temporary folder. */
export async function writeTestRun(metrics: string | undefined): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-report-"));
  await writeFile(join(dir, "recipe.json"), `${JSON.stringify(testRecipe, null, 2)}\n`);
  if (metrics !== undefined) await writeFile(join(dir, "metrics.jsonl"), metrics);
  return dir;
}
