/** Answerers: agents that answer a question, each in a way of its own. What they answer wrongly are a question's near misses. */

import type { Draw } from "@cachalot/tensor";
import type { Constraint } from "../graph/constraint.js";
import type { SearchTools } from "../search-tools.js";

export interface AskedQuestion {
  text: string;
  /** What the question says, for agents that are no readers; empty where a model wrote it. */
  constraints: readonly Constraint[];
}

/** One kind of answerer: one file, and one line in `index.ts`. */
export interface Answerer {
  readonly name: string;
  /** What it does wrong. */
  readonly weakness: string;
  /** @returns the id of a page; undefined where it finds nothing to answer */
  answer(question: AskedQuestion, tools: SearchTools, draw: Draw): Promise<string | undefined>;
}

/** What the scripted ones may spend. */
export const PATIENCE = { searches: 12, pages: 300 };
