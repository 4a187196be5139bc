/** The gates there are, in the order in which they are tried: one file and one line each. */

import { duplicates } from "./duplicates.js";
import { flake } from "./flake.js";
import { format } from "./format.js";
import type { Gate } from "./gate.js";
import { hiddenRequirements } from "./hidden-requirements.js";
import { history } from "./history.js";
import { isolation } from "./isolation.js";
import { leak } from "./leak.js";
import { mutation } from "./mutation.js";
import { noOp } from "./no-op.js";
import { reference } from "./reference.js";

export const GATES: readonly Gate[] = [
  format,
  history,
  noOp,
  reference,
  leak,
  isolation,
  hiddenRequirements,
  duplicates,
  mutation,
  flake,
];
