import { hunt } from "../hunt.js";
import { type Answerer, PATIENCE } from "./answerer.js";

export const wrongHop: Answerer = {
  name: "wrong-hop",
  weakness: "finds what the question leads over, and answers with that",
  async answer({ constraints }, tools, draw) {
    const link = constraints.find(({ type }) => type === "link");
    if (link?.type !== "link") return undefined;
    return (await hunt(link.target, tools, { ...PATIENCE, draw }))?.page.id;
  },
};
