/** Stages that learn from prepared data: an objective on batches of it, and the same objective on held-out ones. */

import type { ModelConfig, Network, PackedBatch } from "@cachalot/model";
import type { Context } from "@cachalot/tensor";
import * as z from "zod";
import type { Dataset } from "../data/index.js";
import { TrainingError } from "../errors.js";
import { lossCounts } from "../objectives/loss-counts.js";
import type { Objective } from "../objectives/objective.js";
import { microBatches } from "../trainer/micro-batches.js";
import { trainStep } from "../trainer/step.js";
import { tellOfCutDocuments } from "./cut-documents.js";
import type { Evaluation, EvaluationRequest } from "./evaluate.js";
import type { PassOptions } from "./pass-options.js";
import { type Measured, type Stage, type StageSession, type StageSetting, stageFields } from "./stage.js";

const positive = z.number().int().positive();

/** Recipe fields of every stage that reads data. */
export const dataStageFields = {
  ...stageFields,
  /** Rows per step. */
  batch: positive,
  /**
   * Gradient accumulation: in how many passes the rows of a step are taken. Less memory for the same losses and gradients; it must
   * divide `batch`. Default 1.
   */
  accumulate: positive.optional(),
  /** Tokens per row. */
  seq: positive,
  /** Share of rows by data part, for example {"text": 0.5, "chat": 0.5}. */
  parts: z.record(z.string(), z.number().positive()),
};

/** The fields of `dataStageFields` in a recipe. */
export type DataStageFields = z.output<z.ZodObject<typeof dataStageFields>>;

/** Fields of stages that train on next tokens of prepared data. */
export const languageModelFields = {
  ...dataStageFields,
  /**
   * Weight of the loss of the token after the next, where the model has a multi-token-prediction layer. Default 0.3, with which
   * DeepSeek-V3 began; it ended with 0.1.
   */
  mtpWeight: z.number().positive().optional(),
};

/** A default of the schema would change the recipes of runs that have begun. */
export function mtpWeightOf({ mtpWeight }: { mtpWeight?: number | undefined }): number {
  return mtpWeight ?? 0.3;
}

/** How one file defines a stage that reads data. */
interface DataStageDefinition<Options extends DataStageFields>
  extends Pick<Stage<Options>, "kind" | "attention" | "trainsLanguageModel" | "unfit" | "trains"> {
  /** Whether router biases move towards equal load after each step. */
  balancesExperts: boolean;
  /** The loss that tells how it goes: a name in the objective's `losses`. */
  headline: string;
  /** What a step minimises on one batch. `pass`: how the forward pass is to go, where not by default. */
  objective(ctx: Context, network: Network, batch: PackedBatch, options: Options, pass?: PassOptions): Objective;
  /** Held-out numbers of its objective. */
  evaluate(request: EvaluationRequest): Evaluation;
}

/** A stage that reads data, its objective open to parity checks. */
export interface DataStage<Options extends DataStageFields> extends Stage<Options>, DataStageDefinition<Options> {
  unfit?(config: ModelConfig): string | undefined;
}

/** A data stage with the schema of its part of a recipe: an object whose `kind` is the literal of its name. */
export function defineDataStage<Schema extends z.ZodObject>(
  definition: DataStageDefinition<z.output<Schema> & DataStageFields> & { schema: Schema },
): DataStage<z.output<Schema> & DataStageFields> & { schema: Schema } {
  type Options = z.output<Schema> & DataStageFields;
  return {
    ...definition,
    check: (options, { config, dataset }, where) => checkData(options, config, dataset, where),
    open: async (setting: StageSetting<Options>) =>
      openDataSession(definition, setting, setting.options, requireDataset(setting.dataset, setting.options.name)),
  };
}

/** Training on batches of `dataset`, each a function of seed and step alone. */
export function openDataSession<Options extends DataStageFields>(
  stage: DataStageDefinition<Options>,
  { network, optimizer, seed, balancingRate, evaluationBatches, note }: StageSetting<unknown>,
  options: Options,
  dataset: Dataset,
): StageSession {
  const { parts, batch, seq } = options;
  for (const part of Object.keys(parts)) tellOfCutDocuments(dataset, part, seq, note);
  return {
    async step(step, learningRate) {
      const rows = dataset.batch({ parts, batch, seq, seed, step });
      const { losses, ...result } = trainStep({
        network,
        optimizer,
        objective: objectivesOfParts(stage, network, rows, options),
        learningRate,
        balancingRate: stage.balancesExperts ? balancingRate : undefined,
      });
      const headline = `loss ${(losses[stage.headline] ?? losses.lmLoss).toFixed(4)}`;
      return { measured: { ...losses, ...result }, tokens: batch * seq, headline };
    },
    evaluate: async () => evaluateParts(stage, network, options, { dataset, batches: evaluationBatches }),
  };
}

/** The objective on each of the parts that a step takes its rows in. */
export function objectivesOfParts<Options extends DataStageFields>(
  stage: Pick<DataStageDefinition<Options>, "objective">,
  network: Network,
  rows: PackedBatch,
  options: Options,
): ((ctx: Context) => Objective)[] {
  const { accumulate = 1 } = options;
  const pass = accumulate > 1 ? { counts: lossCounts(rows) } : {};
  return microBatches(rows, accumulate).map((part) => (ctx) => stage.objective(ctx, network, part, options, pass));
}

/** Every part's held-out loss, and their mean as the stage weights them. */
function evaluateParts<Options extends DataStageFields>(
  stage: DataStageDefinition<Options>,
  network: EvaluationRequest["network"],
  options: Options,
  { dataset, batches }: { dataset: Dataset; batches: number },
): { measured: Measured; note: string } | undefined {
  const { parts, batch, seq } = options;
  const lossByPart: Record<string, number> = {};
  let first: Measured | undefined;
  for (const part of Object.keys(parts)) {
    const { losses, ...result } = stage.evaluate({
      network,
      batches: dataset.heldout(part, batch, seq).slice(0, batches),
      objective: (ctx, rows, pass) => stage.objective(ctx, network, rows, options, pass),
      detailed: !first,
    });
    lossByPart[part] = losses.lmLoss;
    first ??= { ...losses, ...result };
  }
  if (!first) return undefined;
  const total = Object.values(parts).reduce((sum, share) => sum + share, 0);
  const lmLoss = Object.entries(parts).reduce((sum, [part, share]) => sum + (lossByPart[part]! * share) / total, 0);
  const measured = { ...first, lmLoss, lossByPart };
  return { measured, note: heldOutNote(measured, lossByPart) };
}

function heldOutNote({ indexerLoss, mtpLoss, recall }: Measured, lossByPart: Record<string, number>): string {
  const losses = Object.entries(lossByPart).map(([part, loss]) => `${part} ${loss.toFixed(4)}`);
  const kl = indexerLoss === undefined ? "" : ` · indexer KL ${indexerLoss.toFixed(4)}`;
  const mtp = mtpLoss === undefined ? "" : ` · token after the next ${mtpLoss.toFixed(4)}`;
  const recalled = recall ? ` · recall ${recall.map((value) => value.toFixed(3)).join(" ")}` : "";
  return `${losses.join(", ")}${mtp}${kl}${recalled}`;
}

/** @throws TrainingError `invalid_recipe` where the recipe names no data. */
function requireDataset(dataset: Dataset | undefined, where: string): Dataset {
  if (dataset) return dataset;
  throw new TrainingError("invalid_recipe", `${where}: this stage reads data; give the recipe data.dir`);
}

/** Compares what a stage reads with the data there is. @throws TrainingError `invalid_recipe`, `invalid_data` */
export function checkData(
  { parts, batch, seq, accumulate = 1 }: DataStageFields,
  config: ModelConfig,
  dataset: Dataset | undefined,
  where: string,
): void {
  const data = requireDataset(dataset, where);
  if (batch % accumulate !== 0)
    throw new TrainingError(
      "invalid_recipe",
      `${where}: ${batch} rows cannot be taken in ${accumulate} equal passes; make accumulate a divisor of batch`,
    );
  requireRows(seq, config, where);
  for (const part of Object.keys(parts)) {
    requireTokens(part, config, data);
    requireBothSides(part, data, where);
  }
}

/** A part has something to train on and something held out, and each has something to learn: else a loss is of nothing. */
function requireBothSides(part: string, data: Dataset, where: string): void {
  for (const split of ["train", "heldout"] as const) {
    const { tokens, learnt } = data.size(part, split);
    if (learnt > 0) continue;
    const what = split === "train" ? "nothing to train on" : "nothing held out to evaluate on";
    const fix =
      tokens > 0
        ? "none of its tokens is learnt: give its conversations assistant messages, or its rows completions"
        : split === "heldout"
          ? "prepare it with heldOut above 0 and enough documents for it, or take the part out of the stage"
          : "prepare more data, or take the part out of the stage";
    throw new TrainingError("invalid_data", `${where}.parts.${part}: ${data.dir} has ${what}; ${fix}`);
  }
}

/** @throws TrainingError `invalid_recipe` for rows that predict nothing, or are longer than the model's context. */
export function requireRows(seq: number, config: ModelConfig, where: string): void {
  const refuse = (reason: string) => {
    throw new TrainingError("invalid_recipe", `${where}: ${reason}`);
  };
  if (seq < 2) refuse(`a row of ${seq} token predicts nothing; make seq at least 2`);
  if (seq > config.maxPositionEmbeddings)
    refuse(
      `seq ${seq} is longer than the model's context of ${config.maxPositionEmbeddings}; shorten seq or raise max_position_embeddings`,
    );
}

/** Every id of a part, and those of its tokenizer, has a row in the embedding. */
function requireTokens(part: string, config: ModelConfig, dataset: Dataset): void {
  const { vocabSize, pad } = dataset.manifest.tokenizer;
  const last = Math.max(vocabSize - 1, pad, dataset.largestToken(part));
  if (last >= config.vocabSize)
    throw new TrainingError(
      "invalid_data",
      `${dataset.dir}: part "${part}" and its tokenizer use token ids up to ${last}, but the model's vocab_size is ${config.vocabSize}; ` +
        `prepare the data with the model's tokenizer, or make vocab_size at least ${last + 1}`,
    );
}
