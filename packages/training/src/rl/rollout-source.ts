import type { CompletionModel, RecordOptions, Rollout } from "@cachalot/chat";
import type { ModelConfig } from "@cachalot/model";
import type { Tensor } from "@cachalot/tensor";

/** What the trainer asks its rollouts of. Training knows no tasks and no engine: the command binds both to these interfaces. */
export interface RolloutSource {
  /**
   * Groups of rollouts for a step, deterministic in `seed` and `step` but for what the policy samples.
   * A rollout that breaks is data (`outcome`), never a rejection.
   */
  collect(request: RolloutRequest, policy: Policy, signal?: AbortSignal): Promise<Rollout[]>;
  /** Held-out tasks, `perSet` of each taskset and mode, one rollout each: pass@1. */
  evaluate(request: EvaluationRolloutRequest, policy: Policy, signal?: AbortSignal): Promise<Rollout[]>;
  /** Where the curriculum stands after a step's rollouts. Saved with them. */
  state(): unknown;
  restore(state: unknown): void;
  /**
   * There where others sample, with the newest of the weights that the trainer then publishes, and work ahead while it trains.
   * Groups older than `offPolicy` allows are dropped.
   */
  readonly elsewhere?: {
    /** Groups that the last step, or the one restored, dropped. */
    readonly staleGroups: number;
  };
}

export interface RolloutRequest {
  seed: number;
  step: number;
  /** From 0; later rounds refill groups that taught nothing. */
  round: number;
  groups: number;
  groupSize: number;
  sampling: { temperature: number; topP: number; topK: number };
  record: RecordOptions;
  /** Of the trainer's weights, and how many versions older those that sample may be: for sources whose rollouts are made elsewhere. */
  version: number;
  offPolicy: number;
}

export interface EvaluationRolloutRequest {
  seed: number;
  perSet: number;
  sampling: { temperature: number; topP: number; topK: number };
}

/** The policy as a source sees it: token ids in, token ids out. */
export interface Policy {
  readonly model: CompletionModel;
  readonly tokenizer: PolicyTokenizer;
  /** How often the weights were replaced; sampled tokens carry it. */
  readonly version: number;
  /** The trainer has changed the weights: samples from now on are of the new ones, and cached prefixes of old ones are gone. */
  update(): Promise<void>;
  close(): Promise<void>;
}

export interface PolicyTokenizer {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  readonly eosTokenId: number;
}

/** Makes a policy that samples with the trainer's own weights: in f32 from the very same tensors, else from copies. */
export type OpenPolicy = (
  network: { config: ModelConfig; parameters: ReadonlyMap<string, Tensor> },
  options: {
    weights: "f32" | "bf16" | "q8";
    maxSequences: number;
    contextLength: number;
    /** How often the weights were replaced before: where the policy's `version` starts. Default 0. */
    version?: number;
    /** Directory with the tokenizer's files. */
    tokenizerDir: string;
  },
) => Promise<Policy>;

/** The stage that a source works for. */
export interface SourceUse {
  runDir: string;
  stage: string;
  weights: "f32" | "bf16" | "q8";
  maxSequences: number;
  contextLength: number;
  note(text: string): void;
}

/** What a command binds, so that stages of rollouts can run. */
export interface RolloutBinding {
  openPolicy: OpenPolicy;
  /**
   * A source of the tasks that a recipe names.
   * @param use what it is for; undefined: only to see whether the tasks can be read
   * @throws where they cannot be read; the message says which field and what to do.
   */
  sourceFor(tasks: unknown, use?: SourceUse): RolloutSource | Promise<RolloutSource>;
  /** Whether a stage looks before its first step whether there is something to learn. Default true. */
  preflight?: boolean;
}
