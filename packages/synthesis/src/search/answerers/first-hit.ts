import type { Answerer } from "./answerer.js";

export const firstHit: Answerer = {
  name: "first-hit",
  weakness: "searches once, with the question's own words, and believes the first hit",
  async answer({ text }, tools) {
    return (await tools.search(text, 1))[0]?.id;
  },
};
