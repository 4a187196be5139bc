/** Levels of what is practised: a curriculum moves them so that tasks stay neither too easy nor too hard. */

import type { Rollout } from "@cachalot/chat";
import { type Practice, type Practices, practiceName } from "./practice.js";

export class Levels {
  readonly #levels: Map<string, number>;

  constructor(private readonly practices: Practices) {
    this.#levels = new Map(practices.all.map((practice) => [practiceName(practice), practice.levels[0]!]));
  }

  get all(): ReadonlyMap<string, number> {
    return this.#levels;
  }

  of(practice: Practice): number {
    return this.#levels.get(practiceName(practice))!;
  }

  /** One level up where nearly all rollouts of a practice are solved, one down where nearly none is. */
  move(rollouts: readonly Rollout[]): void {
    const { all, curriculum } = this.practices;
    if (!curriculum) return;
    for (const practice of all) {
      const name = practiceName(practice);
      const own = rollouts.filter(({ task }) => `${task.taskset}/${task.mode}` === name);
      if (own.length === 0) continue;
      const pass = own.filter(({ outcome }) => outcome === "solved").length / own.length;
      const at = practice.levels.indexOf(this.of(practice));
      const next = practice.levels[at + (pass > curriculum.high ? 1 : pass < curriculum.low ? -1 : 0)];
      if (next !== undefined) this.#levels.set(name, next);
    }
  }

  state(): Record<string, number> {
    return Object.fromEntries(this.#levels);
  }

  /** Of practices that are there no more nothing is taken. */
  restore(saved: Readonly<Record<string, number>> = {}): void {
    for (const [name, level] of Object.entries(saved)) if (this.#levels.has(name)) this.#levels.set(name, level);
  }
}
