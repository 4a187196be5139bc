import type { AttentionMode, ModelConfig, ParameterSpec } from "@cachalot/model";
import type { Device } from "@cachalot/tensor";
import * as z from "zod";
import type { Dataset } from "../data/index.js";
import type { AdamW } from "../optimizer/adamw.js";
import type { RolloutBinding } from "../rl/rollout-source.js";
import type { MetricRecord } from "../run/metric-record.js";
import type { TrainableNetwork } from "../trainer/network.js";

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
  steps: z.number().int().positive(),
  learningRate: z.number().positive(),
  schedule: schedule.prefault({}),
  /** Number in the seed of this stage's batches; equal numbers see equal data. Default: the stage's position. */
  dataSeed: z.number().int().min(0).optional(),
};

/** The fields of `stageFields` in a recipe. */
export type StageFields = z.output<z.ZodObject<typeof stageFields>>;

/** What is known before the first step of a run: what a stage's demands are compared with. */
export interface StageFacts {
  config: ModelConfig;
  /** Undefined in a recipe without prepared data. */
  dataset: Dataset | undefined;
  /** Where the tokenizer's files are; undefined in a recipe without data and checkpoint. */
  tokenizerDir: string | undefined;
  rl: RolloutBinding | undefined;
  /** There or not. */
  runDir: string;
}

/** What a stage works with while it runs. */
export interface StageSetting<Options> extends StageFacts {
  options: Options;
  network: TrainableNetwork;
  optimizer: AdamW;
  device: Device;
  /** Of the stage's data: the recipe's and the stage's `dataSeed` in one. */
  seed: number;
  balancingRate: number;
  /** Batches of each held-out part. */
  evaluationBatches: number;
  /** Steps already made: not 0 where a run is resumed. */
  stepsMade: number;
  /** What `StageSession.state` gave at that step. */
  savedState: unknown;
  /** The weights this stage started from, or those of another checkpoint directory, as a network of their own; the caller disposes it. */
  openFrozen(checkpoint?: string): Promise<TrainableNetwork>;
  note(text: string): void;
  signal: AbortSignal | undefined;
}

/** What a step or an evaluation adds to its line of metrics.jsonl. */
export type Measured = Omit<MetricRecord, "kind" | "stage" | "step" | "tokens" | "learningRate" | "tokensPerSecond">;

export interface StepOutcome {
  measured: Measured;
  /** Tokens trained on. */
  tokens: number;
  /** What a progress bar shows, for example "loss 2.1034". */
  headline: string;
}

/** One stage at work. */
export interface StageSession {
  /** Makes step `step` (from 0). An abort of the signal may reject; the step then has changed nothing. */
  step(step: number, learningRate: number): Promise<StepOutcome>;
  /** Held-out numbers behind `step` steps, and a line that tells them; undefined where there are none. */
  evaluate(step: number): Promise<{ measured: Measured; note: string } | undefined>;
  /** Saved with checkpoints, as JSON. */
  state?(): unknown;
  close?(): Promise<void>;
}

/** One kind of training stage: a file in this folder and a line in `index.ts`. `Options` is its part of a recipe. */
export interface Stage<Options extends StageFields> {
  /** `kind` in a recipe. */
  kind: string;
  /** Attention while training; reports compare sparse stages with dense ones. */
  attention: AttentionMode;
  /** Whether the language model learns from data: its tokens count as trained on. */
  trainsLanguageModel: boolean;
  /** Why a model cannot be trained so; undefined where it can. Ends with the fix. */
  unfit?(config: ModelConfig): string | undefined;
  /**
   * Compares what the stage asks for with what there is, before the first step of a run.
   * @param where names the stage in messages
   * @throws TrainingError `invalid_recipe`, `invalid_data`; or what else says so.
   */
  check(options: Options, facts: StageFacts, where: string): void | Promise<void>;
  /** Whether this parameter gets gradients. Router biases never do. */
  trains(parameter: ParameterSpec, options: Options): boolean;
  open(setting: StageSetting<Options>): Promise<StageSession>;
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
