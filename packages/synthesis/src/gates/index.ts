/** The gates there are, in the order in which they are tried: one file and one line each. */

import type { Gate } from "./gate.js";
import { noOp } from "./no-op.js";
import { reference } from "./reference.js";

export const GATES: readonly Gate[] = [noOp, reference];
