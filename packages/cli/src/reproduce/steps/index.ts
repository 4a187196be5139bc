/** The steps of the pipeline, in order: one file and one line each. */

import type { Scale } from "../scale.js";
import type { Step } from "../step.js";
import { base } from "./base.js";
import { heldOut } from "./held-out.js";
import { start } from "./start.js";

const STEPS: readonly Step[] = [start, base, heldOut];

/** Those of a scale. */
export const stepsOf = (scale: Scale): Step[] => STEPS.filter((step) => step.recipes(scale) !== undefined);
