/** Sample: a question with its answer and the claims it makes, before and after it was verified. */

import type { CorpusKind } from "../corpora/corpus-kind.js";
import { type Constraint, sayConstraint } from "../graph/constraint.js";
import type { Evidence } from "../judge-page.js";

export interface Claim {
  /** As it follows "one that …". */
  text: string;
  /** What it means; without it the claim stands in words alone. */
  constraint?: Constraint;
}

export interface Candidate {
  /** Id of the page that was answered. */
  id: string;
  /** Answerers that gave it. */
  by: string[];
}

export interface Sample {
  question: string;
  answer: { id: string; title: string; aliases: readonly string[] };
  claims: readonly Claim[];
  candidates: readonly Candidate[];
}

export interface VerifiedSample extends Sample {
  /** For each claim, where it stands. */
  proof: { claim: string; evidence: Evidence[] }[];
  /** For each candidate a claim that does not hold of it. */
  refutations: { id: string; by: string[]; claim: string; why: string; evidence: Evidence[] }[];
}

export const claimsOf = (kind: CorpusKind, constraints: readonly Constraint[]): Claim[] =>
  constraints.map((constraint) => ({ text: sayConstraint(kind, constraint), constraint }));
