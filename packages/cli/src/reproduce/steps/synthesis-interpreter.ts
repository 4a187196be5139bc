/** A sample of the interpreter pipeline. */

import { defineStep } from "../step.js";
import { synthesisSample } from "../synthesis-sample.js";

export const interpreterTasks = defineStep({
  name: "synthesis-interpreter",
  title: "task synthesis: a sample of the interpreter pipeline",
  needs: [],
  recipes: () => [],
  settings: (scale) => scale.synthesis.interpreter,
  run: (context) => synthesisSample("interpreter", context.scale.synthesis.interpreter, context),
});
