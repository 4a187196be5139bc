import type { Rollout } from "@cachalot/chat";

/** All rollouts of a training step, and whose they are. */
export interface RolloutsOfStep {
  run: string;
  step: number;
  rollouts: readonly Rollout[];
  /** The policy's name. */
  model?: string | undefined;
  /** Of the weights that drew them. */
  weightsHash?: string | undefined;
  /** By the ids of rollouts, where they are known. */
  advantages?: ReadonlyMap<string, number> | undefined;
}
