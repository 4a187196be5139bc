/** A generated world of people, towns and firms, its facts as short pages, and a search over them. */

import { Draw } from "@cachalot/tensor";
import MiniSearch from "minisearch";

type Kind = "person" | "town" | "firm";

export interface Entity {
  id: string;
  kind: Kind;
  name: string;
  /** What it has, by relation: the names of others, or a value. */
  facts: Record<string, string>;
}

export interface FactWorld {
  entities: readonly Entity[];
  named(name: string): Entity;
  /** The page of an entity; longer ones have remarks around its facts, which name others. */
  page(entity: Entity, remarks: number): string;
}

const FIRST = [
  "ann",
  "tom",
  "mary",
  "john",
  "jane",
  "peter",
  "emma",
  "henry",
  "lucy",
  "mark",
  "rose",
  "paul",
  "kate",
  "fred",
];
const LAST = [
  "hill",
  "lee",
  "wood",
  "stone",
  "black",
  "king",
  "wells",
  "moor",
  "cole",
  "park",
  "hunt",
  "reed",
  "field",
];
const PLACES = ["north", "south", "east", "west", "red", "white", "long", "high", "low", "old"];
const ENDS = ["ford", "bridge", "port", "mill", "land", "town"];
const TRADES = ["tea", "silk", "iron", "glass", "paper", "salt", "boat", "clock", "wool", "corn"];
const FIRMS = ["works", "bank", "house", "trade", "yard", "line", "company", "store", "mine"];
const RIVERS = ["ouse", "tees", "dart", "wye", "exe", "tamar", "avon", "stour"];

const pairs = (first: readonly string[], second: readonly string[]): string[] =>
  first.flatMap((one) => second.map((other) => `${one} ${other}`));

export function drawWorld(seed: number): FactWorld {
  const draw = new Draw(seed);
  const people = draw.some(pairs(FIRST, LAST), 160);
  const towns = draw.some(pairs(PLACES, ENDS), 55);
  const firms = draw.some(pairs(TRADES, FIRMS), 85);
  const others = (name: string) => {
    const other = draw.one(people);
    return other === name ? people.find((one) => one !== name)! : other;
  };
  const drawn: Omit<Entity, "id">[] = [
    ...people.map((name) => ({
      ...{ kind: "person" as const, name },
      facts: { born: draw.one(towns), home: draw.one(towns), firm: draw.one(firms), friend: others(name) },
    })),
    ...towns.map((name) => ({
      ...{ kind: "town" as const, name },
      facts: { mayor: draw.one(people), river: draw.one(RIVERS), age: `${draw.integer(100, 999)}` },
    })),
    ...firms.map((name) => ({
      ...{ kind: "firm" as const, name },
      facts: { founder: draw.one(people), seat: draw.one(towns), workers: `${draw.integer(10, 99)}` },
    })),
  ];
  const entities = draw.shuffled(drawn).map((entity, i): Entity => ({ id: `p${i + 1}`, ...entity }));
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
  return {
    entities,
    named: (name) => byName.get(name)!,
    page: (entity, remarks) => pageOf(entity, remarks, seed, people, towns),
  };
}

/** How a fact stands on a page. */
const SENTENCES: Record<string, string> = {
  ...{ born: "born in", home: "lives in", firm: "works at", friend: "friend of" },
  ...{ mayor: "the mayor is", river: "the river is", age: "years old:" },
  ...{ founder: "founded by", seat: "seat in", workers: "workers:" },
};

const REMARKS = ["was seen with", "wrote to", "once met", "heard of", "sang for", "sold a boat to"];

function pageOf(
  { id, name, facts }: Entity,
  remarks: number,
  seed: number,
  people: readonly string[],
  towns: readonly string[],
): string {
  const draw = new Draw(seed + Number(id.slice(1)));
  const told = Object.entries(facts).map(([relation, value]) => `${SENTENCES[relation]} ${value}.`);
  const around = Array.from(
    { length: remarks },
    () => `${draw.one(people)} ${draw.one(REMARKS)} ${draw.one(people)} in ${draw.one(towns)}.`,
  );
  return [`${name}:`, ...draw.shuffled([...told, ...around])].join(" ");
}

export type FactSearch = (query: string, count: number) => Entity[];

/** BM25 over names and facts; names count most, so that a page is found by its own. */
export function searchOf(world: FactWorld): FactSearch {
  const index = new MiniSearch({ fields: ["name", "text"], searchOptions: { boost: { name: 4 } } });
  index.addAll(world.entities.map((entity, at) => ({ id: at, name: entity.name, text: world.page(entity, 0) })));
  return (query, count) =>
    index
      .search(query)
      .slice(0, count)
      .map(({ id }) => world.entities[id as number]!);
}
