/** A curriculum of one level at a time: it rises where nearly all rollouts of a practice are solved, and falls where nearly none is. */

import { type Practice, practiceName } from "../source/practice.js";
import { type Curriculum, countSolved } from "./curriculum.js";

/** Every practice begins at its lowest level; `low` and `high` are the shares solved between which a level stays. */
export function bandCurriculum(all: readonly Practice[], { low, high }: { low: number; high: number }): Curriculum {
  const levels = new Map(all.map((practice) => [practiceName(practice), practice.levels[0]!]));
  return {
    level: (practice) => levels.get(practiceName(practice))!,
    learn(rollouts) {
      const counts = countSolved(rollouts, ({ taskset, mode }) => `${taskset}/${mode}`);
      for (const practice of all) {
        const name = practiceName(practice);
        const own = counts.get(name);
        if (!own) continue;
        const pass = own.solved / own.rollouts;
        const at = practice.levels.indexOf(levels.get(name)!);
        const next = practice.levels[at + (pass > high ? 1 : pass < low ? -1 : 0)];
        if (next !== undefined) levels.set(name, next);
      }
    },
    state: () => Object.fromEntries(levels),
    restore(saved = {}) {
      for (const practice of all) {
        const level = saved[practiceName(practice)];
        if (typeof level === "number" && practice.levels.includes(level)) levels.set(practiceName(practice), level);
      }
    },
  };
}
