/**
 * A curriculum by learnability: levels are drawn in proportion to p (1 - p), the variance of a reward that is 1 with probability p. That is
 * what the advantages of a group are made of: a level that is always or never solved teaches nothing, and is seldom asked for.
 */

import type { Rollout } from "@cachalot/chat";
import { type Practice, practiceName } from "../source/practice.js";
import { type Counts, type Curriculum, countSolved } from "./curriculum.js";

/** Of what was counted before a round, so much counts behind it: p is that of some fifty rounds, and what is not asked for is forgotten. */
const KEPT = 0.98;

/**
 * p of a level is estimated from its rollouts so far, older ones counting less, and from two more of which one was solved (Laplace): a level
 * of which nothing is known, or nothing any more, has p 1/2 and is asked for.
 */
export function learnabilityCurriculum(all: readonly Practice[]): Curriculum {
  const counts = new Map<string, Counts>(
    all.flatMap((practice) => practice.levels.map((level) => [nameOf(practice, level), { solved: 0, rollouts: 0 }])),
  );
  return {
    level: (practice, draw) =>
      draw.weighted(
        practice.levels.map((level) => [level, learnability(counts.get(nameOf(practice, level))!)] as const),
      ),
    learn(rollouts) {
      const own = countSolved(rollouts, levelName);
      for (const [name, before] of counts) {
        const { solved, rollouts: so } = own.get(name) ?? { solved: 0, rollouts: 0 };
        counts.set(name, { solved: KEPT * before.solved + solved, rollouts: KEPT * before.rollouts + so });
      }
    },
    state: () => Object.fromEntries(counts),
    restore(saved = {}) {
      for (const name of counts.keys()) {
        const own = saved[name];
        if (typeof own === "object") counts.set(name, own);
      }
    },
  };
}

/** @returns between 0 and 1/4 */
export function learnability({ solved, rollouts }: Counts): number {
  const p = (solved + 1) / (rollouts + 2);
  return p * (1 - p);
}

const nameOf = (practice: Practice, level: number): string => `${practiceName(practice)}/${level}`;
const levelName = ({ taskset, mode, level }: Rollout["task"]): string => `${taskset}/${mode}/${level}`;
