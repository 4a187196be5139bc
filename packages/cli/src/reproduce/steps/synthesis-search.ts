/** A sample of the search pipeline. */

import { defineStep } from "../step.js";
import { synthesisSample } from "../synthesis-sample.js";

export const searchTasks = defineStep({
  name: "synthesis-search",
  title: "task synthesis: a sample of the search pipeline",
  needs: [],
  recipes: () => [],
  settings: (scale) => scale.synthesis.search,
  run: (context) => synthesisSample("search", context.scale.synthesis.search, context),
});
