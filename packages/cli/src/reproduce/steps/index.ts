/** The steps of the pipeline, in order: one file and one line each. */

import type { Scale } from "../scale.js";
import type { Step } from "../step.js";
import { base } from "./base.js";
import { benchmarks } from "./benchmarks.js";
import { domains } from "./domains.js";
import { furtherPieces } from "./further-pieces.js";
import { heldOut } from "./held-out.js";
import { mixed } from "./mixed.js";
import { parity } from "./parity.js";
import { speciale } from "./speciale.js";
import { specialists } from "./specialists.js";
import { stabilisers } from "./stabilisers.js";
import { start } from "./start.js";
import { strategies } from "./strategies.js";
import { student } from "./student.js";
import { codeTasks } from "./synthesis-code.js";
import { generalTasks } from "./synthesis-general.js";
import { interpreterTasks } from "./synthesis-interpreter.js";
import { searchTasks } from "./synthesis-search.js";
import { tables } from "./tables.js";

const STEPS: readonly Step[] = [
  parity,
  tables,
  strategies,
  interpreterTasks,
  generalTasks,
  searchTasks,
  codeTasks,
  start,
  base,
  heldOut,
  ...furtherPieces,
  ...specialists,
  stabilisers,
  student,
  mixed,
  speciale,
  domains,
  benchmarks,
];

/** Those of a scale. */
export const stepsOf = (scale: Scale): Step[] => STEPS.filter((step) => step.recipes(scale) !== undefined);
