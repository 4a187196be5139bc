/** Judging by pages: whether what a page says, and the pages it leads to, meets a constraint. No graph is looked at. */

import type { ReadFact } from "./corpora/corpus-kind.js";
import { type Constraint, inRange, sayConstraint } from "./graph/constraint.js";
import type { ReadPage, SearchTools } from "./search-tools.js";

export interface Evidence {
  /** Id of the page. */
  page: string;
  /** Verbatim from it. */
  quote: string;
}

export interface Verdict {
  holds: boolean;
  /** Of a claim that holds: where each step of it stands. Of one that does not: what the page says instead. */
  evidence: Evidence[];
  /** In words, where it does not hold. */
  why?: string;
}

/** Pages a link is followed to. */
const MAX_FOLLOWED = 400;

/** @param facts read from the page; another reader may take them differently */
export async function judgePage(
  page: ReadPage,
  constraint: Constraint,
  tools: SearchTools,
  facts: (page: ReadPage) => readonly ReadFact[] = ({ facts }) => facts,
): Promise<Verdict> {
  const said = facts(page).filter(({ relation }) => relation === constraint.relation);
  if (constraint.type !== "link") {
    const proof = said.find(({ value }) => holdsFor(value, constraint));
    return proof
      ? { holds: true, evidence: [{ page: page.id, quote: proof.quote }] }
      : against(page, constraint, said, tools);
  }
  for (const { value, quote } of said.slice(0, MAX_FOLLOWED)) {
    const next = await tools.open(`${value}`);
    if (next === undefined) continue;
    const steps = await judgeAll(next, constraint.target, tools, facts);
    if (steps.every(({ holds }) => holds))
      return { holds: true, evidence: [{ page: page.id, quote }, ...steps.flatMap(({ evidence }) => evidence)] };
  }
  return against(page, constraint, said, tools);
}

/** Verdicts in the order of the constraints, up to the first that does not hold. */
export async function judgeAll(
  page: ReadPage,
  constraints: readonly Constraint[],
  tools: SearchTools,
  facts?: (page: ReadPage) => readonly ReadFact[],
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const constraint of constraints) {
    const verdict = await judgePage(page, constraint, tools, facts);
    verdicts.push(verdict);
    if (!verdict.holds) break;
  }
  return verdicts;
}

const holdsFor = (value: string | number, constraint: Exclude<Constraint, { type: "link" }>): boolean =>
  constraint.type === "label" ? value === constraint.value : inRange(Number(value), constraint);

function against(page: ReadPage, constraint: Constraint, said: readonly ReadFact[], { kind }: SearchTools): Verdict {
  const quotes = [...new Set(said.map(({ quote }) => quote))].slice(0, 3);
  const claim = sayConstraint(kind, constraint);
  const why =
    said.length === 0
      ? `nothing on the page of ${page.id} says that it ${claim}`
      : `by its page, ${page.id} is not one that ${claim}`;
  return { holds: false, evidence: quotes.map((quote) => ({ page: page.id, quote })), why };
}
