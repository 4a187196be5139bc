/** The curriculum that a recipe asks for. */

import type { Practices } from "../source/practice.js";
import { bandCurriculum } from "./band.js";
import type { Curriculum } from "./curriculum.js";
import { learnabilityCurriculum } from "./learnability.js";

/** Within a band of pass@1, by learnability, or all levels evenly. */
export function createCurriculum({ all, curriculum }: Pick<Practices, "all" | "curriculum">): Curriculum {
  if (curriculum === undefined) return evenly;
  return curriculum === "learnability" ? learnabilityCurriculum(all) : bandCurriculum(all, curriculum);
}

const evenly: Curriculum = {
  level: ({ levels }, draw) => draw.one(levels),
  learn: () => {},
  state: () => ({}),
  restore: () => {},
};
