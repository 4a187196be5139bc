/** Agentic search: questions of several hops over generated pages, which a search finds and which are opened one by one. */

import type { AssistantMessage } from "@cachalot/chat";
import type { Draw } from "@cachalot/tensor";
import { defineTaskset } from "../define-taskset.js";
import { exactAnswer } from "../rewards/exact-answer.js";
import type { Task } from "../task.js";
import type { Style } from "../taskset.js";
import { drawWorld, type Entity, type FactSearch, type FactWorld, searchOf } from "./fact-world.js";
import { answering, textTool } from "./text-tool.js";

interface FactQuestion {
  /** The seed of its world. */
  world: number;
  start: string;
  /** From one entity to the next; the last one leads to the answer. */
  relations: string[];
  remarks: number;
  hits: number;
  answer: string;
}

/** [hops, remarks on a page, hits of a search] by level. Contexts pass 256 tokens from the first level on, 4096 in the last one. */
const LEVELS = [
  [1, 0, 2],
  [1, 4, 3],
  [2, 2, 3],
  [2, 8, 4],
  [3, 8, 4],
  [3, 24, 5],
  [5, 40, 6],
] as const;

const SEARCH = textTool("search", "find pages", ["query"]);
const OPEN = textTool("open", "read a page", ["page"]);

/** Where a relation of each kind leads, and how it is asked for. */
const RELATIONS: Record<string, { of: Entity["kind"]; to?: Entity["kind"]; text: string }> = {
  born: { of: "person", to: "town", text: "the birth town of" },
  home: { of: "person", to: "town", text: "the home town of" },
  firm: { of: "person", to: "firm", text: "the employer of" },
  friend: { of: "person", to: "person", text: "the friend of" },
  mayor: { of: "town", to: "person", text: "the mayor of" },
  river: { of: "town", text: "the river of" },
  age: { of: "town", text: "the age of" },
  founder: { of: "firm", to: "person", text: "the founder of" },
  seat: { of: "firm", to: "town", text: "the seat of" },
  workers: { of: "firm", text: "the number of workers of" },
};

export const factSearch = defineTaskset<FactQuestion>({
  name: "fact-search",
  domain: "search",
  description: "answer a question from 300 pages by searching and opening them",
  levels: LEVELS.length,
  problem(draw, level) {
    const data = drawQuestion(draw, level);
    const asked = data.relations.reduce((inner, relation) => `${RELATIONS[relation]!.text} ${inner}`, data.start);
    const wordings = [`What is ${asked}? Answer with it only.`, `Find ${asked}. Answer with it only.`];
    return { key: `${data.world} ${asked}`, prompt: draw.one(wordings), data };
  },
  rubric: [exactAnswer(({ answer }) => answer)],
  tools: [SEARCH.definition, OPEN.definition],
  calls: 24,
  open: ({ data }) => {
    const { world, search } = worldOf(data.world);
    return {
      tools: [
        SEARCH.serve(({ query }) => hitsText(search(query, data.hits)) || "none"),
        OPEN.serve(({ page }) => {
          const entity = world.entities.find(({ id }) => id === page);
          return entity ? world.page(entity, data.remarks) : `Error: no page ${page}; search for its id`;
        }),
      ],
      close: () => {},
    };
  },
  demonstrate,
});

const hitsText = (hits: readonly Entity[]): string => hits.map(({ id, name }) => `${id} ${name}`).join("\n");

function drawQuestion(draw: Draw, level: number): FactQuestion {
  const [hops, remarks, hits] = LEVELS[level]!;
  const seed = draw.integer(0, 2 ** 31 - 1);
  const world = drawWorld(seed);
  for (;;) {
    const start = draw.one(world.entities);
    const relations = drawRelations(draw, start, hops);
    if (!relations) continue;
    const path = followed(world, start.name, relations);
    // A path that comes back to where it was would make it shorter than it is.
    if (new Set(path).size === path.length)
      return { world: seed, start: start.name, relations, remarks, hits, answer: path.at(-1)! };
  }
}

function drawRelations(draw: Draw, start: Entity, hops: number): string[] | undefined {
  const relations: string[] = [];
  for (let kind: Entity["kind"] | undefined = start.kind; relations.length < hops; ) {
    const open = Object.keys(RELATIONS).filter((name) => RELATIONS[name]!.of === kind);
    if (open.length === 0) return undefined;
    const relation = draw.one(open);
    relations.push(relation);
    kind = RELATIONS[relation]!.to;
  }
  return relations;
}

/** Names along the way, the first one and the answer included. */
function followed(world: FactWorld, start: string, relations: readonly string[]): string[] {
  const path = [start];
  for (const relation of relations) path.push(world.named(path.at(-1)!).facts[relation]!);
  return path;
}

interface SearchedWorld {
  world: FactWorld;
  search: FactSearch;
}

/** Rollouts of a group share their world; an index takes some milliseconds. */
const worlds = new Map<number, SearchedWorld>();
const MOST_WORLDS = 64;

function worldOf(seed: number): SearchedWorld {
  let known = worlds.get(seed);
  if (!known) {
    const world = drawWorld(seed);
    known = { world, search: searchOf(world) };
    if (worlds.size >= MOST_WORLDS) worlds.delete(worlds.keys().next().value!);
    worlds.set(seed, known);
  }
  return known;
}

/** Terse: the name to look for; stepwise: what is wanted next and why; checked: the whole way once more before the answer. */
function demonstrate({ data, mode }: Task<FactQuestion>, style: Style): AssistantMessage[] {
  const { start, relations, answer } = data;
  const world = drawWorld(data.world);
  const path = followed(world, start, relations);
  const messages = relations.flatMap((relation, i) => {
    const name = path[i]!;
    const { id } = world.named(name);
    const found = i === 0 ? "" : `${relations[i - 1]} is ${name}. `;
    const [search, open] =
      style === "terse" ? [name, id] : [`${found}${relation} of ${name}: search ${name}`, `${name} is ${id}`];
    return [SEARCH.call(mode, search, { query: name }), OPEN.call(mode, open, { page: id })];
  });
  const last = `${relations.at(-1)} is ${answer}`;
  const way = path.map((name, i) => (i === 0 ? name : `${relations[i - 1]} ${name}`)).join(", ");
  return [
    ...messages,
    answering(mode, style === "terse" ? answer : style === "stepwise" ? last : `${last}\ncheck ${way}`, answer),
  ];
}
