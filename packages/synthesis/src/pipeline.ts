/** Pipeline: seeds, and what becomes of each; a file and a line in `pipelines/index.ts`. */

import type { ChatModel } from "@cachalot/chat";
import type * as z from "zod";
import type { TaskKind } from "./instance.js";
import type { TaskFolder } from "./task.js";

/** Where tasks come from: plain JSON under a key that is the same each time the seeds are gone through. */
export interface Seed<S = unknown> {
  key: string;
  data: S;
}

/** What seeds are found with. */
export interface SeedContext {
  cache: string;
  signal: AbortSignal;
  /** Whether items will have a model that stages can be handed to. Default: they have none. */
  hasModel?: boolean;
}

export interface PipelineContext {
  /** Holds what was downloaded, by its hash; shared by runs. */
  cache: string;
  /** Takes the place of deterministic stages where a pipeline can hand them over. */
  model?: ChatModel;
  signal: AbortSignal;
}

/** What a pipeline does with one seed. */
export interface ItemContext extends PipelineContext {
  /**
   * A stage for one candidate: entered, and passed unless `work` throws. A `Dropped` is counted under its reason, any other
   * error under `error`.
   * @returns what `work` gave; undefined when the candidate was dropped
   */
  stage<T>(name: string, work: () => Promise<T> | T): Promise<T | undefined>;
  /** Adds what a stage paid a model. */
  spend(stage: string, spent: { tokens: number; cost?: number }): void;
}

/** Thrown in a stage: the candidate is left out. */
export class Dropped extends Error {
  override readonly name = "Dropped";

  /** @param reason a word or two with dashes, such as `no-failing-test` */
  constructor(
    readonly reason: string,
    readonly detail = "",
  ) {
    super(detail === "" ? reason : `${reason}: ${detail}`);
  }
}

export interface Pipeline<O = unknown, S = unknown> {
  /** Lower-case words with dashes. */
  readonly name: string;
  readonly kind: TaskKind;
  readonly description: string;
  /** What it takes beside `count`, `seed` and `sources`: unknown names are refused. */
  readonly options: z.ZodType<O>;
  /** Tasks that are enough: no seed is begun after so many were kept. Default: all seeds are gone through. */
  enough?(options: O): number;
  /** In an order that is the same each time. */
  seeds(options: O, context: SeedContext): AsyncIterable<Seed<S>> | Iterable<Seed<S>>;
  /** Candidates of a seed that passed the pipeline's own stages; the gates come after. Their ids are unique in a run. */
  candidates(seed: Seed<S>, options: O, context: ItemContext): AsyncIterable<TaskFolder>;
}

/** A pipeline whose seeds have a type of their own, as one of any. */
export const definePipeline = <O, S>(pipeline: Pipeline<O, S>): Pipeline => pipeline as unknown as Pipeline;
