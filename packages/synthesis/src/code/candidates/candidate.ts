/** Candidate: two neighbouring versions of a project whose sources and tests both changed. */

import type { ObjectStore, Tree } from "../trees/object-store.js";

/** What is written of an issue, a commit or a release, in the order in which a prompt prefers them. */
export interface CandidateTexts {
  issue?: { number?: number; title: string; body: string };
  changelog?: string;
  commit?: { subject: string; body: string };
}

/** Where a candidate comes from, and the names under which the same content is found again. */
export interface CandidateSource {
  kind: "git" | "npm";
  /** Repository or package name. */
  name: string;
  from: string;
  to: string;
  /** Commits, or integrity of tarballs. */
  hashes: Record<string, string>;
}

/** Named cheaply; read only when its turn comes. */
export interface Candidate {
  /** Lower-case, a folder's name. */
  id: string;
  source: CandidateSource;
  /** @throws Drop */
  read(): Promise<CandidateTrees>;
}

export interface CandidateTrees {
  store: ObjectStore;
  before: Tree;
  after: Tree;
  texts: CandidateTexts;
  /** SPDX where it says so, else "unknown". */
  licence: string;
  /** ISO 8601, of the later version, where it is known. */
  createdAt?: string;
}

/** A name of letters, digits, dots, underscores and hyphens, for a folder. */
export const idOf = (...parts: string[]): string =>
  parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 120);
