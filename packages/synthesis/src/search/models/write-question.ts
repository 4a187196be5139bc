/** Question construction by a model: it explores an entity with the search tools and writes a question with its evidence. */

import * as z from "zod";
import { Dropped } from "../../pipeline.js";
import type { Walk } from "../explore.js";
import type { GraphEntity } from "../graph/entity-graph.js";
import type { SearchCall } from "../search-tools.js";
import type { Claim } from "../verify/sample.js";
import { isQuoted, type ModelContext, runRole } from "./run-role.js";

const schema = z.object({
  question: z.string().min(20).max(2000),
  claims: z
    .array(z.object({ text: z.string().min(3), page: z.string(), quote: z.string().min(3) }))
    .min(2)
    .max(10),
});

export interface WrittenQuestion {
  question: string;
  claims: Claim[];
  /** Calls that lead to the answer. */
  path: SearchCall[];
}

const SYSTEM = `You write hard questions for search agents over a corpus of documents. You are given one document, the answer.
Explore it with the tools: open it, follow what it refers to, search for that, to the depth and breadth that you are told.
Then write a question whose only answer is the document you were given:
- a conjunction of claims, none of which is enough alone; at least one about a document that the answer refers to;
- replace names by descriptions, numbers and dates by ranges; never say the answer's name, or a part of it;
- every claim is a predicate that continues "one that …", and stands on a page: give that page's id and a verbatim quote.`;

/** @throws Dropped `no-output`, `quote-not-found` or `unreachable` */
export async function writeQuestion(
  context: ModelContext,
  answer: GraphEntity,
  { depth, breadth }: Walk,
  seed: number,
): Promise<WrittenQuestion> {
  const { question, claims } = await runRole(context, {
    system: SYSTEM,
    task: `The answer: [${answer.id}] ${answer.title}. Depth ${depth}, breadth ${breadth}.`,
    ...{ schema, steps: 8 + 2 * depth * breadth, seed },
  });
  for (const { page, quote } of claims) {
    if (!(await isQuoted(context.desk, page, quote)))
      throw new Dropped("quote-not-found", `${page} does not say: ${quote.slice(0, 200)}`);
  }
  const path = await pathTo(context, answer.id, claims);
  return { question, claims: claims.map(({ text }) => ({ text })), path };
}

/** Hits among which the answer must be. */
const HITS = 50;

/** What is quoted must lead to the answer by a search. */
async function pathTo(
  { desk }: ModelContext,
  id: string,
  claims: readonly { page: string; quote: string }[],
): Promise<SearchCall[]> {
  const quotes = claims.filter(({ page }) => page === id).map(({ quote }) => quote);
  for (const query of [quotes.join(" "), ...quotes].filter(Boolean)) {
    if (!(await desk.tools().search(query, HITS)).some((hit) => hit.id === id)) continue;
    return [
      { tool: "search", arguments: { query, limit: HITS } },
      { tool: "open", arguments: { id, page: 1 } },
    ];
  }
  throw new Dropped("unreachable", "no search for what the question quotes finds the answer");
}
