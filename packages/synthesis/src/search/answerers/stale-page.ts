import { Draw, hashText } from "@cachalot/tensor";
import type { ReadFact } from "../corpora/corpus-kind.js";
import { hunt } from "../hunt.js";
import type { ReadPage } from "../search-tools.js";
import { type Answerer, PATIENCE } from "./answerer.js";

export const stalePage: Answerer = {
  name: "stale-page",
  weakness: "remembers pages as they were: some facts were not there yet, and numbers were others",
  async answer({ constraints }, tools, draw) {
    const seed = draw.integer(0, 2 ** 30);
    return (await hunt(constraints, tools, { ...PATIENCE, draw, facts: (page) => earlier(page, seed) }))?.page.id;
  },
};

/** The same earlier page each time. */
function earlier({ id, facts }: ReadPage, seed: number): ReadFact[] {
  const draw = new Draw((hashText(id) ^ seed) >>> 0);
  return facts.flatMap((fact): ReadFact[] => {
    if (draw.chance(0.2)) return [];
    if (typeof fact.value === "string" || !draw.chance(0.5)) return [fact];
    return [{ ...fact, value: Math.max(1, Math.round(fact.value * (draw.integer(30, 250) / 100))) }];
  });
}
