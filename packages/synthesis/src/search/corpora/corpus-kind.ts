/** Corpus kinds: how records of one format become entities with facts, pages an agent can read, and words for questions. */

export interface Fact {
  relation: string;
  /** A label or the id of a linked entity, or a number. */
  value: string | number;
}

/** A fact as it stands on a page. */
export interface ReadFact extends Fact {
  /** Verbatim from the page. */
  quote: string;
}

export interface SourceEntity {
  id: string;
  title: string;
  /** Other names of it: a question must not say them either. */
  aliases: readonly string[];
  /** The page. */
  text: string;
  facts: readonly Fact[];
}

/** A record that was left out, and why. */
export interface SourceFault {
  /** Where it stands in the source. */
  where: string;
  reason: "bad-record" | "too-long" | "duplicate-id" | "no-text";
  detail: string;
}

export interface NumberRange {
  from?: number;
  to?: number;
}

/** What may be said of an entity; `say` continues "one that …". */
export type Relation =
  | { type: "label"; say(value: string): string }
  | { type: "number"; say(range: NumberRange): string; whole?: boolean }
  /** To another entity; `inner` says what that one is like. */
  | { type: "link"; say(inner: string): string };

/** One format of corpus: one file, and one line in `index.ts`. */
export interface CorpusKind {
  readonly name: string;
  readonly description: string;
  /** Of what such a corpus holds. */
  readonly licence: string;
  /** What an entity is called in a question, such as "Debian package". */
  readonly noun: string;
  readonly relations: Readonly<Record<string, Relation>>;
  /** Whether a file or directory is of this kind. `head`: its first bytes, empty for a directory. */
  recognises(path: string, head: string): boolean;
  /** Every record of the source; what cannot be used comes as a fault. */
  entities(path: string): AsyncIterable<SourceEntity | SourceFault>;
  /** The facts of a page by reading its text alone: the verifiers' way, which knows no record. */
  read(text: string): ReadFact[];
}
