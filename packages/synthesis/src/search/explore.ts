/** Exploration: a bounded walk from an entity over what its pages lead to, by the agent's tools alone. */

import type { Draw } from "@cachalot/tensor";
import type { ReadFact } from "./corpora/corpus-kind.js";
import type { ReadPage, SearchTools } from "./search-tools.js";

export interface Walk {
  /** Hops from the entity. */
  depth: number;
  /** Links followed from each page. */
  breadth: number;
}

const WALK: Walk = { depth: 2, breadth: 4 };

/** A page with what was found behind its links. */
export interface Explored {
  page: ReadPage;
  /** Links that were followed, and found by a search for their name. */
  links: { fact: ReadFact; to: Explored }[];
}

/** Hits of a search for a name among which its page must be. */
const NAME_HITS = 10;

/** undefined where the entity itself has no page. */
export async function explore(
  id: string,
  tools: SearchTools,
  draw: Draw,
  { depth, breadth }: Walk = WALK,
): Promise<Explored | undefined> {
  const seen = new Set([id]);
  async function visit(at: string, hops: number): Promise<Explored | undefined> {
    const page = await tools.open(at);
    if (page === undefined) return undefined;
    const explored: Explored = { page, links: [] };
    if (hops === 0) return explored;
    const links = page.facts.filter(({ relation }) => tools.kind.relations[relation]?.type === "link");
    for (const fact of draw.shuffled(links).slice(0, 3 * breadth)) {
      const to = `${fact.value}`;
      if (seen.has(to) || explored.links.length === breadth) continue;
      seen.add(to);
      if (!(await tools.search(to, NAME_HITS)).some((hit) => hit.id === to)) continue;
      const next = await visit(to, hops - 1);
      if (next) explored.links.push({ fact, to: next });
    }
    return explored;
  }
  return visit(id, depth);
}
