/** A gate: one rule every task must meet, by what was seen when it ran. */

import type { WorkspaceSnapshot } from "@cachalot/sandbox";
import { type Graded, grade, solve } from "../harbor/attempt.js";
import { type BuiltEnvironment, buildEnvironment } from "../harbor/build-environment.js";
import type { TaskFolder } from "../task.js";

export interface Gate {
  /** A word or two with dashes: what a failure is filed under. */
  readonly name: string;
  readonly description: string;
  /** Whether it needs a sandbox to run programs in. */
  readonly runs: boolean;
  /** @returns why the task fails; nothing when it passes. What it finds out goes to `subject.evidence`. */
  check(subject: Subject): Promise<string[]> | string[];
}

export interface GateOptions {
  /** Repeats of the verifier over the same state. Default 3. */
  repeats: number;
  /** Mutated solutions tried. Default 6. */
  mutants: number;
  /** Share of mutants that a verifier must catch. Default 0.5. */
  caught: number;
  seed: number;
}

export const GATE_OPTIONS: GateOptions = { repeats: 3, mutants: 6, caught: 0.5, seed: 0 };

/** Tasks that were met before, by what they ask and what solves them. */
export interface Seen {
  texts: Map<string, string>;
  patches: Map<string, string>;
}

export const nothingSeen = (): Seen => ({ texts: new Map(), patches: new Map() });

/** A task under examination. What several gates need is run once. */
export class Subject {
  /** What gates found out, by name, for the record. */
  readonly evidence: Record<string, unknown> = {};
  readonly #kept = new Map<string, Promise<unknown>>();

  constructor(
    readonly task: TaskFolder,
    readonly options: GateOptions = GATE_OPTIONS,
    readonly seen: Seen = nothingSeen(),
  ) {}

  built(): Promise<BuiltEnvironment> {
    return this.#once("built", () => buildEnvironment(this.task));
  }

  /** The verdict over the environment as it is, with nothing done. */
  untouched(): Promise<Graded> {
    return this.#once("untouched", async () => {
      const built = await this.built();
      return grade(built, this.task, built.snapshot);
    });
  }

  /** What the reference solution left, and how it ended. */
  solved(): ReturnType<typeof solve> {
    return this.#once("solved", async () => solve(await this.built(), this.task));
  }

  /** The verdict over what the reference solution left. */
  oracle(): Promise<Graded> {
    return this.#once("oracle", async () => this.grade((await this.solved()).snapshot));
  }

  async grade(left: WorkspaceSnapshot, env: Readonly<Record<string, string>> = {}): Promise<Graded> {
    return grade(await this.built(), this.task, left, { env });
  }

  #once<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (!this.#kept.has(name)) this.#kept.set(name, work());
    return this.#kept.get(name) as Promise<T>;
  }
}

/** A reward as people read it. */
export const shown = ({ reward, problem }: Graded): string =>
  reward === undefined ? (problem ?? "none") : `${reward}`;
