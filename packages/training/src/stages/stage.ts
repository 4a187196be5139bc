import type { AttentionMode, ModelConfig, Network, PackedBatch, ParameterSpec } from "@cachalot/model";
import type { Context } from "@cachalot/tensor";
import * as z from "zod";
import type { Objective } from "../objectives/objective.js";
import type { Evaluation, EvaluationRequest } from "./evaluate.js";
import type { PassOptions } from "./pass-options.js";

const positive = z.number().int().positive();

const schedule = z.strictObject({
  /** Steps over which the learning rate rises from 0. */
  warmupSteps: z.number().int().min(0).default(0),
  kind: z.enum(["cosine", "constant"]).default("cosine"),
  /** Where a cosine ends, as a share of the learning rate. */
  finalFraction: z.number().min(0).max(1).default(0.1),
});

/** Recipe fields of every stage; a kind's `schema` adds its own. */
export const stageFields = {
  /** Unique; names the stage's metrics, checkpoints and final model. */
  name: z.string().regex(/^[a-z0-9-]+$/, "lower-case letters, digits and dashes"),
  /** The stage whose final weights this one starts from; default the one before it. */
  from: z.string().optional(),
  steps: positive,
  /** Rows per step. */
  batch: positive,
  /** Tokens per row. */
  seq: positive,
  learningRate: z.number().positive(),
  schedule: schedule.prefault({}),
  /** Share of rows by data part, for example {"text": 0.5, "chat": 0.5}. */
  parts: z.record(z.string(), z.number().positive()),
  /** Number in the seed of this stage's batches; equal numbers see equal data. Default: the stage's position. */
  dataSeed: z.number().int().min(0).optional(),
};

/** The fields of `stageFields` in a recipe. */
export type StageFields = z.output<z.ZodObject<typeof stageFields>>;

/** Fields of stages that train on next tokens. */
export const languageModelFields = {
  ...stageFields,
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

/** One kind of training stage: a file in this folder and a line in `index.ts`. `Options` is its part of a recipe. */
export interface Stage<Options extends StageFields> {
  /** `kind` in a recipe. */
  kind: string;
  /** Attention while training; reports compare sparse stages with dense ones. */
  attention: AttentionMode;
  /** Whether the language model learns: its tokens count as trained on. */
  trainsLanguageModel: boolean;
  /** Whether router biases move towards equal load after each step. */
  balancesExperts: boolean;
  /** The loss that tells how it goes: a name in the objective's `losses`. */
  headline: string;
  /** Why a model cannot be trained so; undefined where it can. Ends with the fix. */
  unfit?(config: ModelConfig): string | undefined;
  /** Whether this parameter gets gradients. Router biases never do. */
  trains(parameter: ParameterSpec, options: Options): boolean;
  /** What a step minimises on one batch. `pass`: how the forward pass is to go, where not by default. */
  objective(ctx: Context, network: Network, batch: PackedBatch, options: Options, pass?: PassOptions): Objective;
  /** Held-out numbers of its objective. */
  evaluate(request: EvaluationRequest): Evaluation;
}

/** `unfit` of a stage that trains the lightning indexer. */
export function needsIndexer(kind: string): (config: ModelConfig) => string | undefined {
  return ({ indexer }) =>
    indexer
      ? undefined
      : `a ${kind} stage trains the lightning indexer, but the model has none; give it index_n_heads, index_head_dim and index_topk, or make the stage dense`;
}

/** A stage with the schema of its part of a recipe: an object whose `kind` is the literal of its name. */
export function defineStage<Schema extends z.ZodObject>(
  stage: Stage<z.output<Schema> & StageFields> & { schema: Schema },
): Stage<z.output<Schema> & StageFields> & { schema: Schema } {
  return stage;
}
