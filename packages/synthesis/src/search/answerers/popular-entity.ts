import type { Answerer } from "./answerer.js";

/** Hits that are looked at, and pages that are asked whether they name them. */
const HITS = 8;
const WITNESSES = 20;

export const popularEntity: Answerer = {
  name: "popular-entity",
  weakness: "answers with what most other pages name, of what a first search finds",
  async answer({ text }, tools) {
    let best: { id: string; named: number } | undefined;
    for (const { id } of await tools.search(text, HITS)) {
      let named = 0;
      for (const witness of await tools.search(id, WITNESSES)) {
        const page = witness.id === id ? undefined : await tools.open(witness.id);
        if (page?.facts.some(({ value }) => value === id)) named++;
      }
      if (named > (best?.named ?? -1)) best = { id, named };
    }
    return best?.id;
  },
};
