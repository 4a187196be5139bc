import fc from "fast-check";
import { expect, test } from "vitest";
import type { CorpusKind, Fact } from "../corpora/corpus-kind.js";
import { type Constraint, depthOf, inRange, sayConstraint } from "./constraint.js";
import { EntityGraph } from "./entity-graph.js";

const kind: CorpusKind = {
  ...{ name: "test", description: "", licence: "MIT", noun: "thing", recognises: () => false, read: () => [] },
  async *entities() {},
  relations: {
    color: { type: "label", say: (value) => `is ${value}` },
    size: { type: "number", say: ({ from, to }) => `has a size from ${from} to ${to}` },
    near: { type: "link", say: (inner) => `is near one that ${inner}` },
  },
};

const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ relation: fc.constant("color"), value: fc.constantFrom("red", "blue", "green") }),
  fc.record({ relation: fc.constant("size"), value: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ relation: fc.constant("near"), value: fc.constantFrom(...ids, "nowhere") }),
);
const world = fc.array(
  fc.uniqueArray(fact, { selector: ({ relation, value }) => `${relation}${value}`, maxLength: 6 }),
  { minLength: 2, maxLength: 8 },
);
const { constraint } = fc.letrec<{ constraint: Constraint }>((tie) => ({
  constraint: fc.oneof(
    { depthSize: "small" },
    fc.record({
      type: fc.constant("label" as const),
      relation: fc.constant("color"),
      value: fc.constantFrom("red", "blue", "pink"),
    }),
    fc.record({
      type: fc.constant("range" as const),
      relation: fc.constant("size"),
      from: fc.integer({ min: 0, max: 3 }),
      to: fc.integer({ min: 2, max: 5 }),
    }),
    fc.record({
      type: fc.constant("link" as const),
      relation: fc.constant("near"),
      target: fc.array(tie("constraint"), { minLength: 1, maxLength: 2 }),
    }),
  ),
}));

/** By the meaning of the words alone. */
function meets(facts: readonly (readonly Fact[])[], entity: number, constraint: Constraint): boolean {
  return facts[entity]!.some(({ relation, value }) => {
    if (relation !== constraint.relation) return false;
    if (constraint.type === "label") return value === constraint.value;
    if (constraint.type === "range") return inRange(Number(value), constraint);
    const to = ids.indexOf(`${value}`);
    return to >= 0 && to < facts.length && to !== entity && constraint.target.every((inner) => meets(facts, to, inner));
  });
}

const graphOf = (facts: readonly (readonly Fact[])[]) =>
  new EntityGraph(
    kind,
    facts.map((facts, i) => ({ id: ids[i]!, title: ids[i]!, aliases: [], facts })),
  );

test("exact search finds those that meet every constraint, and no other", () => {
  fc.assert(
    fc.property(
      world,
      fc.array(fc.array(constraint, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      (facts, questions) => {
        const graph = graphOf(facts);
        for (const constraints of questions) {
          const expected = facts.flatMap((_, i) => (constraints.every((each) => meets(facts, i, each)) ? [i] : []));
          expect(graph.matching(constraints)).toEqual(expected);
        }
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});

test("degrees, frequencies and edges are counted, and links that lead nowhere are none", () => {
  const graph = graphOf([
    [
      { relation: "near", value: "b" },
      { relation: "near", value: "nowhere" },
      { relation: "color", value: "red" },
    ],
    [{ relation: "color", value: "red" }],
  ]);
  expect([graph.edges, graph.inDegree(1), graph.inDegree(0), graph.factCount(0)]).toEqual([1, 1, 0, 2]);
  expect([graph.labelFrequency("color", "red"), graph.labelFrequency("color", "blue")]).toEqual([2, 0]);
});

test("a constraint is said in the words of its relations, hop by hop", () => {
  const red: Constraint = { type: "label", relation: "color", value: "red" };
  const near = (...target: Constraint[]): Constraint => ({ type: "link", relation: "near", target });
  expect(sayConstraint(kind, near(near(red), red))).toBe("is near one that (is near one that is red and is red)");
  expect(depthOf(near(near(red), red))).toBe(2);
  expect(() => sayConstraint(kind, { ...red, relation: "size" })).toThrow("no label relation size");
});
