/** Every export of a run: one file and one line each. */

import { html } from "../report/html.js";
import { inspect } from "./inspect.js";
import { junit } from "./junit.js";
import { lmEval } from "./lm-eval.js";
import { parquet } from "./parquet.js";
import type { RunExport } from "./run-export.js";

export const EXPORTS: readonly RunExport[] = [inspect, lmEval, junit, parquet, html];
