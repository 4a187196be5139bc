import type { Constraint } from "../graph/constraint.js";
import { hunt } from "../hunt.js";
import { type Answerer, PATIENCE } from "./answerer.js";

export const roundsNumbers: Answerer = {
  name: "rounds-numbers",
  weakness: "takes numbers for right that are off by a factor of three",
  async answer({ constraints }, tools, draw) {
    return (await hunt(constraints.map(widened), tools, { ...PATIENCE, draw }))?.page.id;
  },
};

function widened(constraint: Constraint): Constraint {
  if (constraint.type === "label") return constraint;
  if (constraint.type === "link") return { ...constraint, target: constraint.target.map(widened) };
  const { from, to, ...rest } = constraint;
  return { ...rest, ...(from === undefined ? {} : { from: from / 3 }), ...(to === undefined ? {} : { to: to * 3 }) };
}
