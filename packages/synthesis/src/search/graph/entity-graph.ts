/** Entity graph: entities, their facts and links, and exact search for all that meet a conjunction. */

import type { CorpusKind, SourceEntity } from "../corpora/corpus-kind.js";
import { type Constraint, inRange } from "./constraint.js";
import { LabelIndex } from "./label-index.js";
import { NumberIndex } from "./number-index.js";

export interface GraphEntity {
  id: string;
  title: string;
  aliases: readonly string[];
}

type LinkConstraint = Extract<Constraint, { type: "link" }>;

const NONE: readonly number[] = [];
/** Lists up to this long are gone through rather than replaced by a better one. */
const SHORT = 2000;
/** Answers that are remembered: a question is tried with and without each of its parts. */
const KEPT_ANSWERS = 2000;

export class EntityGraph {
  readonly entities: GraphEntity[] = [];
  readonly edges: number;
  readonly #index = new Map<string, number>();
  readonly #labels: LabelIndex;
  readonly #numbers = new NumberIndex();
  readonly #factCounts: Uint32Array;
  readonly #inDegrees: Uint32Array;
  /** By relation: to whom each entity links, and from whom it is linked to. */
  readonly #links = new Map<string, { to: (number[] | undefined)[]; from: (number[] | undefined)[] }>();
  readonly #kept = new Map<string, readonly number[]>();

  constructor(
    readonly kind: CorpusKind,
    sources: readonly Omit<SourceEntity, "text">[],
  ) {
    for (const { id, title, aliases } of sources) {
      this.#index.set(id, this.entities.length);
      this.entities.push({ id, title, aliases });
    }
    this.#labels = new LabelIndex(sources.length);
    this.#factCounts = new Uint32Array(sources.length);
    this.#inDegrees = new Uint32Array(sources.length);
    for (const [from, { facts }] of sources.entries()) {
      for (const { relation, value } of facts) this.#add(from, relation, value);
    }
    this.edges = this.#inDegrees.reduce((sum, degree) => sum + degree, 0);
  }

  #add(from: number, relation: string, value: string | number): void {
    const type = this.kind.relations[relation]?.type;
    if (type === "number") this.#numbers.add(relation, from, Number(value));
    if (type === "label") this.#labels.add(relation, `${value}`, from);
    const to = type === "link" ? this.#index.get(`${value}`) : from;
    if (to === undefined) return;
    this.#factCounts[from]!++;
    if (type !== "link" || to === from) return;
    if (!this.#links.has(relation)) this.#links.set(relation, { to: [], from: [] });
    const links = this.#links.get(relation)!;
    push(links.to, from, to);
    push(links.from, to, from);
    this.#inDegrees[to]!++;
  }

  get size(): number {
    return this.entities.length;
  }

  indexOf(id: string): number | undefined {
    return this.#index.get(id);
  }

  /** Links to the entity. */
  inDegree(entity: number): number {
    return this.#inDegrees[entity]!;
  }

  /** Number of facts that questions can be made of. */
  factCount(entity: number): number {
    return this.#factCounts[entity]!;
  }

  /** Number of entities with the label. */
  labelFrequency(relation: string, value: string): number {
    return this.#labels.list(relation, value).length;
  }

  /** All labels of a relation. */
  labelValues(relation: string): string[] {
    return this.#labels.values(relation);
  }

  meets(entity: number, constraint: Constraint): boolean {
    const { relation } = constraint;
    if (constraint.type === "label") return this.#labels.has(relation, constraint.value, entity);
    if (constraint.type === "range")
      return this.#numbers.of(relation, entity).some((value) => inRange(value, constraint));
    return (this.#links.get(relation)?.to[entity] ?? NONE).some((to) => this.meetsAll(to, constraint.target));
  }

  meetsAll(entity: number, constraints: readonly Constraint[]): boolean {
    return constraints.every((constraint) => this.meets(entity, constraint));
  }

  /** All entities that meet every constraint, rising: exact, by the graph alone. */
  matching(constraints: readonly Constraint[]): readonly number[] {
    const key = JSON.stringify(constraints);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const before = this.#kept.get(JSON.stringify(constraints.slice(0, -1)));
    const [base, rest] = before ? [before, constraints.slice(-1)] : [this.#base(constraints), constraints];
    const found = base.filter((entity) => this.meetsAll(entity, rest));
    if (this.#kept.size >= KEPT_ANSWERS) this.#kept.clear();
    this.#kept.set(key, found);
    return found;
  }

  /** Entities among which those that meet all constraints are: of the cheapest list that is short enough. */
  #base(constraints: readonly Constraint[]): readonly number[] {
    const lists = constraints.flatMap((constraint) => {
      if (constraint.type === "label") return [this.#labels.list(constraint.relation, constraint.value)];
      const ranged = constraint.type === "range" ? this.#numbers.within(constraint, SHORT) : undefined;
      return ranged ? [ranged] : [];
    });
    const shortest = lists.sort((a, b) => a.length - b.length)[0];
    if (shortest && shortest.length <= SHORT) return shortest;
    const links = constraints.filter((constraint) => constraint.type === "link");
    const linked = links.map((link) => this.#linkedTo(link)).sort((a, b) => a.length - b.length)[0];
    return linked ?? shortest ?? [...this.entities.keys()];
  }

  #linkedTo({ relation, target }: LinkConstraint): readonly number[] {
    const links = this.#links.get(relation);
    const sources = new Set(this.matching(target).flatMap((to) => links?.from[to] ?? NONE));
    return [...sources].sort((a, b) => a - b);
  }
}

function push(lists: (number[] | undefined)[], at: number, item: number): void {
  const list = lists[at];
  if (list === undefined) lists[at] = [item];
  else if (list.at(-1) !== item) list.push(item);
}
