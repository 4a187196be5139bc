/** A step of the pipeline: what it needs, what it reads, what it does, and what came of it. */

import type { Scale } from "./scale.js";

/** What a step shows of itself while it runs. */
export interface StepProgress {
  /** `text` says at what it is, such as "rl · reward 0.31"; `done` of `total` of the whole step is made, where that is known. */
  at(text: string, done?: number, total?: number): void;
  /** A line that stays. */
  note(text: string): void;
}

export interface StepContext {
  scale: Scale;
  /** The run's directory. */
  dir: string;
  results: Results;
  progress: StepProgress;
  signal: AbortSignal;
}

/** What finished steps left on the disk. */
export interface Results {
  /** Of a step that is finished; undefined of one that is not, or is not in this scale. */
  of<R>(step: Step<R>): R | undefined;
}

/** One file in `steps/`, and one line in its index. `R` is plain JSON. */
export interface Step<R = unknown> {
  name: string;
  title: string;
  /** Names of the steps whose results or files it reads. */
  needs: readonly string[];
  /** Recipe files it reads; undefined where the scale has no such step. */
  recipes(scale: Scale): readonly string[] | undefined;
  /** What else of the scale it is made from. */
  settings?(scale: Scale): unknown;
  /** Goes on where a killed process left it. Throws the signal's reason where that aborts. */
  run(context: StepContext): Promise<R>;
}

export function defineStep<R>(step: Step<R>): Step<R> {
  return step;
}
