/** Constraints: what a question says of an entity, in a form that a graph, a page and a sentence can each decide or tell. */

import type { CorpusKind } from "../corpora/corpus-kind.js";

export type Constraint =
  | { type: "label"; relation: string; value: string }
  | { type: "range"; relation: string; from?: number; to?: number }
  /** Some entity that this one links to meets all of `target`. */
  | { type: "link"; relation: string; target: Constraint[] };

/** The constraint in words, as they follow "one that …". */
export function sayConstraint(kind: CorpusKind, constraint: Constraint): string {
  const relation = kind.relations[constraint.relation];
  if (constraint.type === "label" && relation?.type === "label") return relation.say(constraint.value);
  if (constraint.type === "range" && relation?.type === "number") return relation.say(constraint);
  if (constraint.type === "link" && relation?.type === "link") {
    const parts = constraint.target.map((inner) => sayConstraint(kind, inner));
    return relation.say(parts.length === 1 ? parts[0]! : `(${sayAll(parts)})`);
  }
  throw new TypeError(`${kind.name} has no ${constraint.type} relation ${constraint.relation}`);
}

/** "a, b and c". */
export function sayAll(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** Words by which pages that meet the constraint can be looked for, of those the question says; a link's are of another page. */
export function searchWords(kind: CorpusKind, constraint: Constraint): string[] {
  if (constraint.type !== "label") return [];
  const said = new Set(wordsOf(sayConstraint(kind, constraint)));
  return wordsOf(constraint.value).filter((word) => said.has(word));
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

export const inRange = (value: number, { from, to }: { from?: number; to?: number }): boolean =>
  (from === undefined || value >= from) && (to === undefined || value <= to);

/** How many hops the constraint goes. */
export const depthOf = (constraint: Constraint): number =>
  constraint.type === "link" ? 1 + Math.max(0, ...constraint.target.map(depthOf)) : 0;
