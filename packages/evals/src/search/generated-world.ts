/**
 * Generated search benchmark: people, each with pages of facts, rumours and talk, and multi-hop questions that go from one to the next.
 * Some rumours say what is false in the words of the fact; whoever follows one ends at another person than the question describes.
 */

import { Draw } from "@cachalot/tensor";
import { FIRST, KEEPSAKES, LAST, RELATIONS, TALK } from "./world-words.js";

export interface WorldPage {
  id: string;
  title: string;
  text: string;
}

export interface WorldQuestion {
  question: string;
  answer: string;
}

/** Of facts, the share that a page denies. */
const RUMOURS = 0.35;
const HOPS = [2, 3, 4] as const;

/** @param count of questions, which are different ones */
export function generateWorld(seed: number, count: number): { pages: WorldPage[]; questions: WorldQuestion[] } {
  const draw = new Draw(seed);
  const people = FIRST.flatMap((first) => LAST.map((last) => `${first} ${last}`));
  const keepsakes = new Map(people.map((person) => [person, draw.one(KEEPSAKES)]));
  const other = (...not: readonly string[]): string => {
    for (;;) {
      const person = draw.one(people);
      if (!not.includes(person)) return person;
    }
  };
  const facts = new Map(
    people.map((person) => [person, new Map(RELATIONS.map((relation) => [relation, other(person)]))]),
  );
  const factOf = (person: string, relation: string): string => facts.get(person)!.get(relation)!;
  const texts = people.flatMap((person) => [
    {
      person,
      text: `${talk(draw, person, 2)} As a keepsake ${person} has a ${keepsakes.get(person)}. ${talk(draw, person, 2)}`,
    },
    ...RELATIONS.flatMap((relation) =>
      pagesOf(draw, person, relation, factOf(person, relation), other(person, factOf(person, relation))),
    ),
  ]);
  const pages = draw
    .shuffled(texts)
    .map(({ person, text }, i) => ({ id: `p${i + 1}`, title: `About ${person}`, text }));
  const questions = new Map<string, WorldQuestion>();
  while (questions.size < count) {
    const asked = questionOf(draw, people, HOPS[questions.size % HOPS.length]!, factOf, keepsakes);
    questions.set(asked.question, asked);
  }
  return { pages, questions: [...questions.values()] };
}

const talk = (draw: Draw, person: string, count: number): string =>
  Array.from({ length: count }, () => `${person} ${draw.one(TALK)}.`).join(" ");

function pagesOf(draw: Draw, person: string, relation: string, is: string, isNot: string) {
  const claim = (who: string) => `The ${relation} of ${person} is ${who}.`;
  const page = (said: string) => ({ person, text: `${talk(draw, person, 2)} ${said} ${talk(draw, person, 2)}` });
  return [
    page(claim(is)),
    page(`Much was said of the ${relation} of ${person}, and none of it true.`),
    ...(draw.chance(RUMOURS) ? [page(claim(isNot))] : []),
  ];
}

function questionOf(
  draw: Draw,
  people: readonly string[],
  hops: number,
  factOf: (person: string, relation: string) => string,
  keepsakes: ReadonlyMap<string, string>,
): WorldQuestion {
  const start = draw.one(people);
  const path = draw.some(RELATIONS, hops);
  const answer = path.reduce(factOf, start);
  return {
    question:
      `Begin with ${start}. Go to the ${path.join(", then the ")} of each. ` +
      `Who is the last? Some pages are wrong: the right one has a ${keepsakes.get(answer)} as a keepsake.`,
    answer,
  };
}
