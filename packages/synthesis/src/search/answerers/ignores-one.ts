import { hunt } from "../hunt.js";
import { type Answerer, PATIENCE } from "./answerer.js";

export const ignoresOne: Answerer = {
  name: "ignores-one",
  weakness: "forgets one of the question's claims",
  async answer({ constraints }, tools, draw) {
    if (constraints.length < 2) return undefined;
    const forgotten = draw.one(constraints);
    const rest = constraints.filter((constraint) => constraint !== forgotten);
    return (await hunt(rest, tools, { ...PATIENCE, draw }))?.page.id;
  },
};
