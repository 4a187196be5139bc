/** The report's contest tables, recomputed from the recorded marks. */

import { PUBLISHED_CONTESTS, standingOf } from "@cachalot/evals";
import { defineStep } from "../step.js";

export const tables = defineStep({
  name: "tables",
  title: "contest tables, recomputed from the recorded marks",
  needs: [],
  recipes: () => [],
  async run() {
    const contests = PUBLISHED_CONTESTS.map(({ contest, marks, published }) => {
      const { total, most, medal } = standingOf(contest, marks);
      const agrees = total === published.total && (medal === undefined || medal === published.medal);
      return { contest: contest.name, marks, total, most, medal: medal ?? null, published, agrees };
    });
    return { contests };
  },
});
