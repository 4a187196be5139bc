/** Planted faults: ways to make a good sample bad, and the reasons a filter may drop it for. */

import type { Draw } from "@cachalot/tensor";
import type { Constraint } from "../graph/constraint.js";
import type { EntityGraph } from "../graph/entity-graph.js";
import { ask } from "../question/ask.js";
import { claimsOf, type Sample } from "../verify/sample.js";

export interface PlantedKind {
  readonly name: string;
  /** What a filter says of it. */
  readonly reasons: readonly string[];
  /** The sample with the fault; undefined where it has no room for it. */
  plant(sample: Sample, graph: EntityGraph, draw: Draw): Sample | undefined;
}

const constraintsOf = ({ claims }: Sample): Constraint[] => claims.flatMap(({ constraint }) => constraint ?? []);

function withConstraints(sample: Sample, constraints: readonly Constraint[], graph: EntityGraph): Sample {
  return { ...sample, question: ask(graph.kind, constraints), claims: claimsOf(graph.kind, constraints) };
}

/** Without claims until others meet the rest; those others come with it. */
function loosened(sample: Sample, graph: EntityGraph, draw: Draw): { loose: Sample; others: string[] } {
  let constraints = draw.shuffled(constraintsOf(sample));
  while (constraints.length > 1 && graph.matching(constraints).length < 2) constraints = constraints.slice(1);
  const others = graph.matching(constraints).map((entity) => graph.entities[entity]!.id);
  return {
    loose: withConstraints(sample, constraints, graph),
    others: others.filter((id) => id !== sample.answer.id),
  };
}

/** With one of its constraints of a type made another. */
function altered<T extends Constraint["type"]>(
  sample: Sample,
  graph: EntityGraph,
  type: T,
  alter: (constraint: Extract<Constraint, { type: T }>) => Constraint | undefined,
): Sample | undefined {
  const constraints = constraintsOf(sample);
  const at = constraints.findIndex((constraint) => constraint.type === type);
  const other = at < 0 ? undefined : alter(constraints[at] as Extract<Constraint, { type: T }>);
  return other && withConstraints(sample, constraints.with(at, other), graph);
}

/** An entity that does not meet the constraint, for a fact of its own that the answer lacks. */
function labelOfAnother(graph: EntityGraph, root: number, relation: string, draw: Draw): string | undefined {
  const values = graph.labelValues(relation);
  for (let i = 0; i < 50; i++) {
    const value = draw.one(values);
    if (!graph.meets(root, { type: "label", relation, value })) return value;
  }
  return undefined;
}

const entity = (graph: EntityGraph, id: string) => graph.entities[graph.indexOf(id)!]!;
const rootOf = (graph: EntityGraph, { answer }: Sample): number => graph.indexOf(answer.id)!;

export const PLANTED_KINDS: readonly PlantedKind[] = [
  {
    name: "wrong-answer",
    reasons: ["untrue"],
    plant(sample, graph, draw) {
      const wrong = draw.one(sample.candidates).id;
      const candidates = sample.candidates.filter(({ id }) => id !== wrong);
      if (candidates.length === 0) return undefined;
      return { ...sample, answer: entity(graph, wrong), candidates };
    },
  },
  {
    name: "hop-for-answer",
    reasons: ["untrue"],
    plant(sample, graph) {
      const link = constraintsOf(sample).find(({ type }) => type === "link");
      const [target] = link?.type === "link" ? graph.matching(link.target) : [];
      return target === undefined ? undefined : { ...sample, answer: graph.entities[target]! };
    },
  },
  {
    name: "false-label",
    reasons: ["untrue"],
    plant: (sample, graph, draw) =>
      altered(sample, graph, "label", (label) => {
        const value = labelOfAnother(graph, rootOf(graph, sample), label.relation, draw);
        return value === undefined ? undefined : { ...label, value };
      }),
  },
  {
    name: "false-number",
    reasons: ["untrue"],
    plant: (sample, graph) =>
      altered(sample, graph, "range", ({ relation, from, to }) => {
        const other: Constraint =
          to === undefined ? { type: "range", relation, to: from! - 1 } : { type: "range", relation, from: to + 1 };
        return graph.meets(rootOf(graph, sample), other) ? undefined : other;
      }),
  },
  {
    name: "false-hop",
    reasons: ["untrue"],
    plant: (sample, graph, draw) =>
      altered(sample, graph, "link", (link) => {
        const label = link.target.find(({ type }) => type === "label");
        if (label?.type !== "label") return undefined;
        const target = link.target.map((each) =>
          each === label ? { ...label, value: draw.one(graph.labelValues(label.relation)) } : each,
        );
        return graph.meets(rootOf(graph, sample), { ...link, target }) ? undefined : { ...link, target };
      }),
  },
  {
    name: "ambiguous",
    reasons: ["ambiguous", "candidate-right"],
    plant(sample, graph, draw) {
      const { loose, others } = loosened(sample, graph, draw);
      return others.length > 0 ? loose : undefined;
    },
  },
  {
    name: "right-candidate",
    reasons: ["candidate-right"],
    plant(sample, graph, draw) {
      const { loose, others } = loosened(sample, graph, draw);
      if (others.length === 0) return undefined;
      return { ...loose, candidates: [{ id: draw.one(others), by: ["planted"] }, ...sample.candidates] };
    },
  },
  {
    name: "answered",
    reasons: ["answered"],
    plant: (sample) => ({
      ...sample,
      candidates: [...sample.candidates, { id: sample.answer.id, by: ["planted"] }],
    }),
  },
  {
    name: "title-leak",
    reasons: ["leak"],
    plant: (sample) => ({
      ...sample,
      question: sample.question.replace("? There", `, somewhat like ${sample.answer.title.toUpperCase()}? There`),
    }),
  },
  {
    name: "alias-leak",
    reasons: ["leak"],
    plant: (sample) =>
      sample.answer.aliases[0] === undefined
        ? undefined
        : { ...sample, question: `${sample.question} (It comes with ${sample.answer.aliases[0]}.)` },
  },
  {
    name: "missing-page",
    reasons: ["unreadable"],
    plant: (sample) => ({ ...sample, answer: { id: "no-such-page", title: "no-such-page", aliases: [] } }),
  },
  {
    name: "unknown-candidate",
    reasons: ["candidate-unverifiable"],
    plant: (sample) => ({ ...sample, candidates: [...sample.candidates, { id: "no-such-page", by: ["planted"] }] }),
  },
  {
    name: "no-candidates",
    reasons: ["no-candidates"],
    plant: (sample) => ({ ...sample, candidates: [] }),
  },
];
