import { existsSync } from "node:fs";
import * as z from "zod";
import { TrainingError } from "../errors.js";
import { conversationShares } from "../rl/conversation-shares.js";
import { requireSelection, rolloutDataDir, rolloutDataset } from "../rl/rollout-dataset.js";
import { type Selecting, storesOf } from "../rl/select-rollouts.js";
import { checkData, openDataSession, requireRows } from "./data-stage.js";
import { fineTuningFields, sft } from "./sft.js";
import { defineStage } from "./stage.js";

const { parts, ...fields } = fineTuningFields;

function shareOf(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((sum, share) => sum + share, 0);
}

/**
 * Distillation by rejection sampling: fine-tuning on the answers of other runs' policies that earned enough, as many conversations of
 * each taskset and mode, beside rows of the recipe's data that are not to be forgotten. (Distillation on the student's own answers is
 * the algorithm `opd` of a grpo stage.)
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
    /** Share of rows by part of the recipe's data, for example {"chat": 0.2}; rollouts have the rest of 1. */
    parts: parts.optional(),
  }),
  attention: "sparse",
  trainsLanguageModel: true,
  unfit: sft.unfit!,
  trains: ({ indexer }, { trainIndexer }) => !indexer || trainIndexer,
  async check({ rollouts, seq, parts = {}, ...fields }, { config, tokenizerDir, dataset, runDir }, where) {
    if (Object.keys(parts).length > 0) checkData({ ...fields, seq, parts }, config, dataset, where);
    else requireRows(seq, config, where);
    if (shareOf(parts) >= 1)
      throw new TrainingError(
        "invalid_recipe",
        `${where}.parts: their shares are ${shareOf(parts)} together, which leaves nothing to rollouts; make them less than 1`,
      );
    if (!tokenizerDir)
      throw new TrainingError(
        "invalid_recipe",
        `${where}: there is no tokenizer; give the recipe init, a checkpoint directory, or data.dir`,
      );
    // Rollouts that were selected stay, whatever became of the runs they are from.
    if (!existsSync(rolloutDataDir(runDir, fields.name))) await requireRollouts(rollouts, `${where}.rollouts`);
  },
  async open(setting) {
    const { options, network, runDir, tokenizerDir, dataset: data } = setting;
    const { vocabSize } = network.config;
    const dir = rolloutDataDir(runDir, options.name);
    const kept = options.parts ?? {};
    const beside = Object.keys(kept).length > 0 ? data! : undefined;
    const dataset = await rolloutDataset(dir, options.rollouts, {
      ...{ vocabSize, tokenizerDir: tokenizerDir! },
      beside: beside?.dir,
    });
    const names = Object.keys(dataset.manifest.parts).filter((part) => !(part in (beside?.manifest.parts ?? {})));
    const widest = Math.max(...names.map((part) => dataset.largestToken(part)));
    if (widest >= vocabSize)
      throw new TrainingError(
        "invalid_data",
        `${options.name}: the rollouts hold token ${widest}, but the model has ${vocabSize}; take runs of models with the same tokenizer`,
      );
    const parts = { ...kept, ...conversationShares(dataset, names, 1 - shareOf(kept)) };
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

/** @throws TrainingError `invalid_data` where a run has no rollouts, or none of them earned enough */
async function requireRollouts(selecting: Selecting, where: string): Promise<void> {
  try {
    for (const run of selecting.runs)
      for (const store of await storesOf(run))
        if ((await store.names()).length === 0)
          throw new TrainingError("invalid_data", `${store.dir} is empty; name a run that has made steps`);
    await requireSelection(selecting);
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    throw new TrainingError(error.code, `${where}: ${error.message}`);
  }
}
