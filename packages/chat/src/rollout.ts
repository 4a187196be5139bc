import type { ChatMessage, ThinkingMode, ToolDefinition } from "./messages.js";

/**
 * A rollout as data: what a policy read and sampled while it worked on a task, token by token, and what that earned.
 * Environments write rollouts; training reads them; both hold to token ids, so that no text is ever encoded again.
 */
export interface Rollout {
  /** Unique in its run. */
  id: string;
  /** Rollouts of one group tried the same task: their rewards are compared. */
  group: string;
  /** Place in its group, from 0. */
  sample: number;
  task: RolloutTask;
  /** One, and another one for each place where the context was rewritten. */
  sequences: RolloutSequence[];
  /** null: could not be judged, so that it leaves its group; never 0 instead. */
  reward: number | null;
  /** The parts of the reward by name, before their weights. */
  rewards: Record<string, number | null>;
  outcome: RolloutOutcome;
  /** What went wrong, for `tool-error` and `grader-error`. */
  error?: string;
  /** Answers of the policy. */
  turns: number;
  toolCalls: number;
  sampling: { temperature: number; topP: number; topK: number; seed: number };
  /** The conversation as people read it, the task's messages first. */
  messages: ChatMessage[];
  tools: ToolDefinition[];
}

/**
 * - `solved`, `failed`: judged; the reward says how well
 * - `overlong`: out of tokens or calls; judged as it stands
 * - `unparsed`: an answer that is no message, or a call that is none; judged as a failure
 * - `tool-error`: the environment broke, not the policy: reward null
 * - `grader-error`: the judge broke: reward null
 */
export type RolloutOutcome = "solved" | "failed" | "overlong" | "unparsed" | "tool-error" | "grader-error";

/** Which task a rollout tried. */
export interface RolloutTask {
  taskset: string;
  /** Unique in its taskset; the split is a hash of it. */
  key: string;
  domain: string;
  /** Difficulty, from 0. */
  level: number;
  mode: ThinkingMode;
  split: "train" | "heldout";
}

/** A sequence of tokens in the policy's own ids. Arrays are `[tokens]` unless said otherwise. */
export interface RolloutSequence {
  /** All the policy saw: what it read and what it sampled. */
  ids: Int32Array;
  /** 1: drawn by the policy, so in the loss (the end token, too); 0: read. Written by the sampler, not computed from roles. */
  sampled: Uint8Array;
  /** Under the distribution drawn from (temperature, top-k, top-p); NaN where not sampled. */
  logprobs: Float32Array;
  /** Under the model itself: temperature 1, the whole vocabulary; NaN where not sampled. */
  rawLogprobs: Float32Array;
  /** Version of the weights that drew the token; -1 where not sampled. */
  versions: Int32Array;
  /** Keep sampling mask: `counts` `[sampled tokens]` ids each, one after the other; 0 is the whole vocabulary. */
  kept?: { ids: Int32Array; counts: Int32Array };
  /** Keep routing: experts of every token read, `[tokens - 1, MoE layers, experts per token]`. */
  experts?: { data: Uint8Array; shape: [tokens: number, layers: number, k: number] };
  /** Keep selection: the lightning indexer's positions, -1 where all or fewer were, `[tokens - 1, layers, index_topk]`. */
  selection?: { data: Int32Array; shape: [tokens: number, layers: number, k: number] };
  /** The sequence of this rollout that this one left, and how many tokens it shares with it. */
  fork?: { sequence: number; at: number };
}

/** Tokens of a rollout that its policy drew, in all its sequences. */
export const sampledTokens = ({ sequences }: Pick<Rollout, "sequences">): number =>
  sequences.reduce((sum, { sampled }) => sum + countSampled(sampled), 0);

/** Tokens of a sequence that were drawn, of its marks. */
export const countSampled = (sampled: Uint8Array): number => sampled.reduce((count, mark) => count + mark, 0);
