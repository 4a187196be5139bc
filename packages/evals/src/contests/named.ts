/** Contests of marks by their names. */

import { EvalsError } from "../errors.js";
import { PUBLISHED_CONTESTS } from "../tables/published.js";
import type { Contest } from "./medal.js";

const slug = (name: string): string => name.toLowerCase().replace(/\s+/g, "-");

const CONTESTS: readonly Contest[] = [
  ...PUBLISHED_CONTESTS.map(({ contest }) => contest),
  { name: "USAMO 2025", most: 7, problems: 6 },
];

/** `imo-2025` @throws EvalsError `invalid_options`, which lists those there are */
export function contestNamed(name: string): Contest {
  const found = CONTESTS.find((contest) => slug(contest.name) === name);
  if (found) return found;
  throw new EvalsError(
    "invalid_options",
    `there is no contest ${name}; there are ${CONTESTS.map(({ name }) => slug(name)).join(", ")}`,
  );
}
