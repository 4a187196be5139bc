/** The question in words. */

import type { CorpusKind } from "../corpora/corpus-kind.js";
import { type Constraint, sayAll, sayConstraint } from "../graph/constraint.js";

/** Links stand last: they are long. */
export function ask(kind: CorpusKind, constraints: readonly Constraint[]): string {
  const ordered = [...constraints].sort((a, b) => Number(a.type === "link") - Number(b.type === "link"));
  const claims = ordered.map((constraint) => sayConstraint(kind, constraint));
  return `Which ${kind.noun} ${sayAll(claims)}? There is just one.`;
}
