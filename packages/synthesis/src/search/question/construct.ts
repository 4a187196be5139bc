/** Question construction: a conjunction of coarse facts of an entity and of what it leads to, just enough to single it out. */

import type { Draw } from "@cachalot/tensor";
import type { CorpusKind } from "../corpora/corpus-kind.js";
import type { Explored } from "../explore.js";
import type { Constraint } from "../graph/constraint.js";
import type { EntityGraph } from "../graph/entity-graph.js";
import { coarsen } from "./coarsen.js";
import { names } from "./leaks.js";

export interface Shape {
  /** Constraints of a question. */
  most: number;
  least: number;
  /** Entities that the description of a linked page may fit: a reader has to try them. */
  neighbours: number;
  /** A label that fewer entities have is too telling: left out. */
  rarest: number;
  /** Share of all entities; a label that more have tells nothing. */
  commonest: number;
}

const SHAPE: Shape = { most: 8, least: 3, neighbours: 40, rarest: 4, commonest: 0.5 };

/** Draws tried before a seed is given up. */
const ATTEMPTS = 6;
const MAX_LINKS = 2;
/** What is asked for is described vaguely, what leads to it so that it can be found. */
const VAGUE_FIRST = 2;
const TELLING = 8;
const MAX_DESCRIPTION = 4;

/**
 * Constraints that the entity alone meets in the whole graph. Where links were found one constraint at least is about another
 * page, and is needed. undefined where there are none: twins differ in nothing that may be said.
 */
export function construct(
  explored: Explored,
  graph: EntityGraph,
  draw: Draw,
  shape: Shape = SHAPE,
): Constraint[] | undefined {
  const root = graph.indexOf(explored.page.id);
  if (root === undefined) return undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const links = linksOf(explored, graph, draw, shape).slice(0, MAX_LINKS);
    if (explored.links.length > 0 && links.length === 0) continue;
    const chosen = narrow(root, links, plainOf(explored, graph, draw, shape, VAGUE_FIRST), graph, shape);
    const needed = chosen && withoutSpare(chosen, graph);
    if (needed && needed.length >= shape.least && (links.length === 0 || needsLinks(needed, graph))) return needed;
  }
  return undefined;
}

/** Without what they say of other pages, several entities would do. */
function needsLinks(constraints: readonly Constraint[], graph: EntityGraph): boolean {
  const plain = constraints.filter(({ type }) => type !== "link");
  return plain.length < constraints.length && graph.matching(plain).length > 1;
}

/** Links by a description of where they lead, in a drawn order. */
function linksOf({ links }: Explored, graph: EntityGraph, draw: Draw, shape: Shape): Constraint[] {
  return draw.shuffled(links).flatMap(({ fact, to }): Constraint[] => {
    const target = describe(to, graph, draw, shape);
    return target ? [{ type: "link", relation: fact.relation, target }] : [];
  });
}

/** A description of a linked page that few others fit, with a word to look for. */
function describe(explored: Explored, graph: EntityGraph, draw: Draw, shape: Shape): Constraint[] | undefined {
  const chosen = draw.chance(0.5) ? linksOf(explored, graph, draw, shape).slice(0, 1) : [];
  let fits = chosen.length > 0 ? graph.matching(chosen).length : graph.size;
  for (const constraint of plainOf(explored, graph, draw, shape, TELLING)) {
    if (fits <= shape.neighbours && chosen.some(({ type }) => type === "label")) return chosen;
    if (chosen.length === MAX_DESCRIPTION) return undefined;
    const met = graph.matching([...chosen, constraint]).length;
    if (met === fits) continue;
    chosen.push(constraint);
    fits = met;
  }
  return fits <= shape.neighbours && chosen.some(({ type }) => type === "label") ? chosen : undefined;
}

/** Labels and coarse numbers labels that many have sooner, in a drawn disorder; the page's own names are not among them. */
function plainOf(
  { page }: Explored,
  graph: EntityGraph,
  draw: Draw,
  shape: Shape,
  /** Orders of magnitude by which a frequency may seem another one. */
  disorder: number,
): Constraint[] {
  const own = names(graph.entities[graph.indexOf(page.id)!]!);
  const labels = page.facts.flatMap(({ relation, value }): [Constraint, number][] => {
    const text = `${value}`;
    if (graph.kind.relations[relation]?.type !== "label" || own.some((name) => overlaps(name, text.toLowerCase())))
      return [];
    const frequency = graph.labelFrequency(relation, text);
    if (frequency < shape.rarest || frequency > shape.commonest * graph.size) return [];
    return [[{ type: "label", relation, value: text }, frequency]];
  });
  const numbers = numbersOf(page.facts, graph.kind, draw).map((range): [Constraint, number] => [
    range,
    graph.size / 20,
  ]);
  const keyed = [...labels, ...numbers].map(([constraint, frequency]) => ({
    constraint,
    key: Math.log10(frequency) + (disorder * draw.integer(0, 1000)) / 1000,
  }));
  return keyed.sort((a, b) => b.key - a.key).map(({ constraint }) => constraint);
}

const overlaps = (name: string, label: string): boolean => label.includes(name) || name.includes(label);

/** One range a relation. */
function numbersOf(facts: Explored["page"]["facts"], kind: CorpusKind, draw: Draw): Constraint[] {
  const relations = [...new Set(facts.map(({ relation }) => relation))];
  return relations.flatMap((relation): Constraint[] => {
    const type = kind.relations[relation];
    if (type?.type !== "number") return [];
    const value = Number(draw.one(facts.filter((fact) => fact.relation === relation)).value);
    return [{ type: "range", relation, ...coarsen(value, draw, type.whole) }];
  });
}

/** The links, and plain constraints that narrow further in their order, until the entity alone is left. */
function narrow(
  root: number,
  links: readonly Constraint[],
  plain: readonly Constraint[],
  graph: EntityGraph,
  { least, most }: Shape,
): Constraint[] | undefined {
  const chosen = [...links];
  let left = graph.matching(chosen.length > 0 ? chosen : plain.slice(0, 1));
  for (const constraint of plain) {
    if (left.length === 1 && chosen.length >= least) break;
    if (chosen.length === most || !graph.meets(root, constraint)) return undefined;
    const met = left.filter((entity) => graph.meets(entity, constraint));
    if (chosen.length > 0 && left.length > 1 && met.length === left.length) continue;
    chosen.push(constraint);
    left = met;
  }
  return left.length === 1 && left[0] === root ? chosen : undefined;
}

/** Leaves out what is not needed to be unique: plain constraints from the last to the first, then links. */
function withoutSpare(constraints: readonly Constraint[], graph: EntityGraph): Constraint[] {
  let needed = [...constraints];
  for (const constraint of [...constraints].reverse()) {
    const rest = needed.filter((other) => other !== constraint);
    if (rest.length > 0 && graph.matching(rest).length === 1) needed = rest;
  }
  return needed;
}
