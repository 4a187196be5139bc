import { hunt } from "../hunt.js";
import { type Answerer, PATIENCE } from "./answerer.js";

export const ignoresLinks: Answerer = {
  name: "ignores-links",
  weakness: "reads one page alone: what a claim says of another page it takes for granted",
  async answer({ constraints }, tools, draw) {
    const plain = constraints.filter(({ type }) => type !== "link");
    if (plain.length === 0) return undefined;
    return (await hunt(plain, tools, { ...PATIENCE, draw }))?.page.id;
  },
};
