import { hunt } from "../hunt.js";
import type { Answerer } from "./answerer.js";

export const stopsEarly: Answerer = {
  name: "stops-early",
  weakness: "reads twelve pages and answers with the one that fits best so far",
  async answer({ constraints }, tools, draw) {
    let best: { id: string; held: number } | undefined;
    const seen = ({ id }: { id: string }, held: number) => {
      if (held > (best?.held ?? 0)) best = { id, held };
    };
    const found = await hunt(constraints, tools, { searches: 3, pages: 12, hits: 10, draw, seen });
    return found?.page.id ?? best?.id;
  },
};
