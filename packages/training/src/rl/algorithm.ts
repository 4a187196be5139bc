/** What an RL algorithm is to the trainer: advantages of a group, and a policy gradient of a batch. */

import type * as z from "zod";
import type { PolicyGradient, SampledSequence } from "./policy-gradient.js";

/** Log-probabilities an algorithm wants beside the current and the recorded ones. */
export type NeededLogprobs = "reference" | "trainerOld" | "teacher";

/** How one file defines an algorithm. */
interface AlgorithmDefinition<Options> {
  /** The name a recipe asks for. */
  readonly name: string;
  /** One line for `--help` and the docs, with its source. */
  readonly description: string;
  /** Its options with their defaults. */
  readonly schema: z.ZodType<Options>;
  needs(options: Options): readonly NeededLogprobs[];
  /** Whether rewards teach, so that groups of equal ones are left out. Default true. */
  readonly learnsFromRewards?: boolean;
  /** Of the answers to one prompt, by their rewards. */
  advantages(rewards: ArrayLike<number>, options: Options): Float64Array;
  /** Of a mini-batch. Sequences of no sampled tokens contribute nothing. */
  policyGradient(sequences: readonly SampledSequence[], options: Options): PolicyGradient;
}

/** An algorithm with its options: pure functions of arrays. */
export interface ConfiguredAlgorithm {
  readonly name: string;
  readonly needs: readonly NeededLogprobs[];
  readonly learnsFromRewards: boolean;
  advantages(rewards: ArrayLike<number>): Float64Array;
  policyGradient(sequences: readonly SampledSequence[]): PolicyGradient;
}

export interface RlAlgorithm {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
  /** @throws ZodError for options that do not fit the schema. */
  withOptions(options: unknown): ConfiguredAlgorithm;
}

export function defineAlgorithm<Options>(definition: AlgorithmDefinition<Options>): RlAlgorithm {
  const { name, description, schema } = definition;
  return {
    name,
    description,
    schema,
    withOptions(raw) {
      const options = schema.parse(raw);
      return {
        name,
        needs: definition.needs(options),
        learnsFromRewards: definition.learnsFromRewards ?? true,
        advantages: (rewards) => definition.advantages(rewards, options),
        policyGradient: (sequences) => definition.policyGradient(sequences, options),
      };
    },
  };
}
