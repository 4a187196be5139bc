import { join } from "node:path";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import { rolloutDataset } from "../rl/rollout-dataset.js";
import { storesOf } from "../rl/select-rollouts.js";
import { openDataSession, requireRows } from "./data-stage.js";
import { fineTuningFields, sft } from "./sft.js";
import { defineStage } from "./stage.js";

const { parts: _, ...fields } = fineTuningFields;

/**
 * Distillation by rejection sampling: fine-tuning on the answers of other runs' policies that earned enough, each taskset and mode
 * with the same share of rows. (Distillation on the student's own answers is the algorithm `opd` of a grpo stage.)
 */
export const distill = defineStage({
  kind: "distill",
  schema: z.strictObject({
    ...fields,
    kind: z.literal("distill"),
    rollouts: z.strictObject({
      /** Directories of runs with grpo stages, relative to the working directory. */
      runs: z.array(z.string()).min(1),
      /** Least reward. */
      minReward: z.number().default(1),
      /** Different answers of a task at most; the newest are taken. */
      perTask: z.number().int().positive().default(2),
      /** Tasks of a taskset and mode at most. */
      perSet: z.number().int().positive().optional(),
    }),
  }),
  attention: "sparse",
  trainsLanguageModel: true,
  unfit: sft.unfit!,
  trains: ({ indexer }, { trainIndexer }) => !indexer || trainIndexer,
  async check({ rollouts, seq }, { config, tokenizerDir }, where) {
    requireRows(seq, config, where);
    if (!tokenizerDir)
      throw new TrainingError(
        "invalid_recipe",
        `${where}: there is no tokenizer; give the recipe init, a checkpoint directory, or data.dir`,
      );
    for (const run of rollouts.runs)
      for (const store of await storesOf(run))
        if ((await store.names()).length === 0)
          throw new TrainingError(
            "invalid_data",
            `${where}.rollouts: ${store.dir} is empty; name a run that has made steps`,
          );
  },
  async open(setting) {
    const { options, network, runDir, tokenizerDir } = setting;
    const { vocabSize } = network.config;
    const dir = join(runDir, "data", options.name);
    const dataset = await rolloutDataset(dir, options.rollouts, { vocabSize, tokenizerDir: tokenizerDir! });
    const names = Object.keys(dataset.manifest.parts);
    const widest = Math.max(...names.map((part) => dataset.largestToken(part)));
    if (widest >= vocabSize)
      throw new TrainingError(
        "invalid_data",
        `${options.name}: the rollouts hold token ${widest}, but the model has ${vocabSize}; take runs of models with the same tokenizer`,
      );
    const parts = Object.fromEntries(names.map((part) => [part, 1]));
    const session = openDataSession(sft, setting, { ...options, kind: "sft" as const, parts }, dataset);
    return {
      ...session,
      async step(step, learningRate) {
        const outcome = await session.step(step, learningRate);
        return { ...outcome, measured: { ...outcome.measured, stepTokens: outcome.tokens } };
      },
    };
  },
});
