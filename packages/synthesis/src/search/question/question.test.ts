import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Draw } from "@cachalot/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ANSWERERS } from "../answerers/index.js";
import { explore } from "../explore.js";
import { type Constraint, inRange } from "../graph/constraint.js";
import { hunt } from "../hunt.js";
import { longTail } from "../sample-entities.js";
import { countCalls, SearchDesk } from "../search-tools.js";
import { openSearchWorld, type SearchWorld } from "../world.js";
import { ask } from "./ask.js";
import { coarsen } from "./coarsen.js";
import { construct } from "./construct.js";
import { leakIn } from "./leaks.js";

let cache: string;
let world: SearchWorld;
let desk: SearchDesk;
const asked: { id: string; constraints: Constraint[] }[] = [];
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "cachalot-question-"));
  world = await openSearchWorld("generated:1000", cache);
  desk = new SearchDesk(world.corpus, world.kind);
  for (const entity of longTail(world.graph, 3).slice(0, 20)) {
    const { id } = world.graph.entities[entity]!;
    const constraints = construct((await explore(id, desk.tools(), new Draw(entity)))!, world.graph, new Draw(entity));
    if (constraints) asked.push({ id, constraints });
  }
}, 600_000);
afterAll(async () => {
  await world.close();
  await rm(cache, { recursive: true });
});

test("a coarse number is a range with its value inside, and not the value itself", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 1000 }),
      (value, whole, seed) => {
        const range = coarsen(value, new Draw(seed), whole);
        expect(inRange(value, range)).toBe(true);
        expect(range.from === range.to).toBe(false);
        if (whole) for (const end of Object.values(range)) expect(Number.isInteger(end)).toBe(true);
      },
    ),
    { seed: 1, numRuns: 1000 },
  );
});

test("the entity alone meets its constraints, and without any one of them others do", () => {
  expect(asked.length).toBeGreaterThan(10);
  for (const { id, constraints } of asked) {
    expect(world.graph.matching(constraints)).toEqual([world.graph.indexOf(id)]);
    for (const constraint of constraints)
      expect(world.graph.matching(constraints.filter((other) => other !== constraint)).length).toBeGreaterThan(1);
  }
});

test("most questions go over another page, and none says a name of its answer", () => {
  const hops = asked.filter(({ constraints }) => constraints.some(({ type }) => type === "link"));
  expect(hops.length).toBeGreaterThan(asked.length / 2);
  for (const { id, constraints } of asked)
    expect(leakIn(ask(world.kind, constraints), world.graph.entities[world.graph.indexOf(id)!]!)).toBeUndefined();
});

test.each([
  ["Which one is like Foo-Bar?", "foo-bar"],
  ["Which one (FOO-BAR) is it?", "foo-bar"],
  ["Is it foo-bar.", "foo-bar"],
  ["Is it “foo-bar”, or another?", "foo-bar"],
  ["Which one has the alias baz?", "baz"],
])("a name in a question is a leak: %s", (question, name) => {
  expect(leakIn(question, { id: "foo-bar", title: "Foo-Bar", aliases: ["baz"] })).toBe(name);
});

test("a name inside of another word is none", () => {
  expect(
    leakIn("Which has foo-bars and bazaars?", { id: "foo-bar", title: "foo-bar", aliases: ["baz"] }),
  ).toBeUndefined();
});

test("a hunt that finds one has found the answer, and keeps to its limits", async () => {
  let found = 0;
  for (const { id, constraints } of asked) {
    const tools = desk.tools();
    const result = await hunt(constraints, tools, { searches: 15, pages: 400, draw: new Draw(1) });
    if (result) expect(result.page.id).toBe(id);
    if (result) found++;
    expect(countCalls(tools.calls).searches).toBeLessThanOrEqual(15);
  }
  expect(found).toBeGreaterThan(asked.length / 3);
});

test("answerers answer as their weakness has it", async () => {
  const { graph, kind } = world;
  const answers = new Set<string>();
  for (const { constraints } of asked) {
    const text = ask(kind, constraints);
    for (const { name, answer } of ANSWERERS) {
      const tools = desk.tools();
      const id = await answer({ text, constraints }, tools, new Draw(5));
      if (id === undefined) continue;
      answers.add(name);
      const entity = graph.indexOf(id)!;
      const broken = constraints.filter((constraint) => !graph.meets(entity, constraint));
      if (name === "first-hit") expect(id).toBe((await desk.tools().search(text, 1))[0]!.id);
      if (name === "ignores-one") expect(broken.length).toBeLessThanOrEqual(1);
      if (name === "ignores-links") expect(broken.filter(({ type }) => type !== "link")).toEqual([]);
      if (name === "rounds-numbers") expect(broken.filter(({ type }) => type === "label")).toEqual([]);
      if (name === "stops-early") expect(countCalls(tools.calls).searches).toBeLessThanOrEqual(3);
      if (name === "wrong-hop") {
        const link = constraints.find((constraint) => constraint.type === "link")!;
        expect(graph.meetsAll(entity, link.target)).toBe(true);
      }
    }
  }
  expect([...answers].sort()).toEqual(ANSWERERS.map(({ name }) => name).sort());
}, 600_000);
