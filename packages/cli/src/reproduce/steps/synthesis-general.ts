/** A sample of the general pipeline. */

import { defineStep } from "../step.js";
import { synthesisSample } from "../synthesis-sample.js";

export const generalTasks = defineStep({
  name: "synthesis-general",
  title: "task synthesis: a sample of the general pipeline",
  needs: [],
  recipes: () => [],
  settings: (scale) => scale.synthesis.general,
  run: (context) => synthesisSample("general", context.scale.synthesis.general, context),
});
