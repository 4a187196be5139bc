/** Contests of marks: a mark for each problem, medals by the cut-offs that the contest published. */

import { EvalsError } from "../errors.js";

export const MEDALS = ["gold", "silver", "bronze"] as const;
export type Medal = (typeof MEDALS)[number] | "none";

export interface Contest {
  name: string;
  /** Marks that a problem may have. */
  most: number;
  problems: number;
  /** Fewest marks for each medal. undefined: not known here, so no medal is told. */
  cutoffs?: Readonly<Record<(typeof MEDALS)[number], number>>;
}

export interface Standing {
  total: number;
  most: number;
  medal: Medal | undefined;
}

/** @throws EvalsError `invalid_options` for marks that the contest does not have */
export function standingOf({ name, most, problems, cutoffs }: Contest, marks: readonly number[]): Standing {
  if (marks.length !== problems)
    throw new EvalsError(
      "invalid_options",
      `${name} has ${problems} problems, not ${marks.length}; give a mark for each`,
    );
  const wrong = marks.find((mark) => !(mark >= 0 && mark <= most));
  if (wrong !== undefined)
    throw new EvalsError("invalid_options", `a mark of ${name} is from 0 to ${most}, not ${wrong}`);
  const total = marks.reduce((sum, mark) => sum + mark, 0);
  const medal = cutoffs && (MEDALS.find((one) => total >= cutoffs[one]) ?? "none");
  return { total, most: most * problems, medal };
}
