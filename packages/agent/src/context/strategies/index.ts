/** The context strategies, by name: one more is a file and a line here. The first is the default. */

import { discard75, discardAll } from "./discard.js";
import { none } from "./none.js";
import { summary } from "./summary.js";

/** `discard-75` first: in our own bench (docs/context.md) it answers everything, with the fewest calls and tokens. */
export const STRATEGIES = [discard75, summary, discardAll, none] as const;

export type ContextStrategy = (typeof STRATEGIES)[number]["name"];
