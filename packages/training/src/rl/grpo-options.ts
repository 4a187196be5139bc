import * as z from "zod";
import { stageFields } from "../stages/stage.js";

const positive = z.number().int().positive();

/** The part of a recipe of a stage that learns from rollouts. */
export const grpoSchema = z.strictObject({
  ...stageFields,
  kind: z.literal("grpo"),
  /** What is practised: read by the source of the tasks, see docs/rl.md. */
  tasks: z.record(z.string(), z.unknown()),
  /** Tasks a step (P). */
  groups: positive.default(24),
  /** Answers to each (G). */
  groupSize: z.number().int().min(1).default(8),
  algorithm: z
    .strictObject({
      /** One of `rl/algorithms/index.ts`. */
      name: z.string().default("v32"),
      options: z.record(z.string(), z.unknown()).default({}),
    })
    .prefault({}),
  /** Updates a step makes, each on its share of the groups. */
  miniBatches: positive.default(2),
  /** Rollouts are trained on this many steps after they were sampled. */
  offPolicy: z.number().int().min(0).default(0),
  /** Weights that sample: the trainer's own, or copies in fewer bits. */
  rolloutWeights: z.enum(["f32", "bf16", "q8"]).default("f32"),
  sampling: z
    .strictObject({
      temperature: z.number().positive().default(1),
      topP: z.number().positive().max(1).default(0.95),
      /** 0 keeps all. */
      topK: z.number().int().min(0).default(0),
    })
    .prefault({}),
  /** Record the experts of every token and use them in training. */
  keepRouting: z.boolean().default(true),
  /** Record the set each token was drawn from, and take log-probabilities over it. */
  keepSamplingMask: z.boolean().default(true),
  /** Record the lightning indexer's selection and use it in training: large, and of use where rolloutWeights are not f32. */
  keepSelection: z.boolean().default(false),
  /** Groups sampled at most, as a multiple of `groups`: drawn anew where all answers earn the same. */
  refill: z.number().min(1).max(8).default(2),
  /** What becomes of rollouts that a budget cut off: "drop" leaves them out of the update. */
  overlong: z.enum(["train", "drop"]).default("train"),
  /** Checkpoint directory of the teacher, for algorithms that ask for one. */
  teacher: z.string().optional(),
  /** Compute the prompt of a group once, with all its answers behind it. */
  sharePrompts: z.boolean().default(true),
  /** Tokens of a training row; longer sequences make longer rows. */
  rowTokens: positive.default(512),
  /** Tokens of a pass through the network at most; larger mini-batches take several, with the same gradient. Bounds memory. */
  passTokens: positive.default(16_384),
  /** Sequences sampled at the same time. */
  maxSequences: positive.default(128),
  /** Most tokens of a sequence. Default: the model's context. */
  contextLength: positive.optional(),
  /** Held-out tasks of each taskset and mode at an evaluation. */
  heldOutTasks: positive.default(32),
});

export type GrpoOptions = z.output<typeof grpoSchema>;
