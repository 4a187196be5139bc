/**
 * A search task that is longer than the window: people, each with a page, and questions that go from one to the next. The pages are
 * generated; so is the policy that reads them, which knows only what its prompt shows it.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChatMessage, ScriptedPolicy } from "@cachalot/chat";

const RELATIONS = ["mentor", "captain", "rival", "doctor", "landlord", "translator", "cook", "patron"];
const FIRST = "Ada Bo Cleo Dag Elin Finn Greta Hal Ida Jon Kaja Leif Mona Nils".split(" ");
const LAST = "Berg Dahl Ek Falk Grip Holm Krok Lind Moe Ness Palm Quist Rask Sund".split(" ");
const TALK = [
  "arrived with the morning boat and stayed for the winter",
  "kept a list of every storm and read from it at dinner",
  "was said to know the coast better than the charts did",
  "wrote letters that nobody at the harbour could read",
  "sold the boat twice and bought it back both times",
  "never spoke of the year on the ice",
];

export interface RelayQuestion {
  text: string;
  answer: string;
}

/** A small generator with a seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface RelayRequest {
  questions: number;
  /** Facts to find for a question; the questions take turns. */
  hops: readonly number[];
  seed: number;
}

/** Writes a page for each fact and pages that only gossip into a directory; returns questions with their answers. */
export function writeRelayTask(directory: string, { questions, hops, seed }: RelayRequest): RelayQuestion[] {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const people = FIRST.flatMap((first) => LAST.map((last) => `${first} ${last}`));
  const other = (not: string): string => {
    for (;;) {
      const person = pick(people);
      if (person !== not) return person;
    }
  };
  const facts = new Map(people.map((person) => [person, new Map(RELATIONS.map((name) => [name, other(person)]))]));
  const factOf = (person: string, relation: string) => facts.get(person)!.get(relation)!;
  mkdirSync(directory, { recursive: true });
  const gossip = (person: string, count: number) =>
    Array.from({ length: count }, () => `${pick([person, other(person)])} ${pick(TALK)}.`).join(" ");
  const documents = people.flatMap((person) =>
    RELATIONS.flatMap((relation) => [
      `${gossip(person, 2)} The ${relation} of ${person} is ${factOf(person, relation)}. ${gossip(person, 2)}`,
      `Much was said of the ${relation} of ${person}, and none of it true. ${gossip(person, 4)}`,
      `${person} asked for a ${relation} once. ${gossip(person, 4)}`,
    ]).map((text) => ({ title: `About ${person}`, text })),
  );
  // Pages come in no order that tells what is in them.
  const order = documents.map((document) => ({ key: random(), document })).sort((a, b) => a.key - b.key);
  const lines = order.map(({ document }, id) => JSON.stringify({ id: `p${id}`, ...document }));
  writeFileSync(join(directory, "pages.jsonl"), `${lines.join("\n")}\n`);
  return Array.from({ length: questions }, (_, i) => {
    const start = pick(people);
    const path = Array.from({ length: hops[i % hops.length]! }, () => pick(RELATIONS));
    const answer = path.reduce(factOf, start);
    return { text: `Begin with ${start}. Go to the ${path.join(", then the ")} of each. Who is the last?`, answer };
  });
}

const MARK = /At step (\d+): ([A-Z]\w+ [A-Z]\w+)\./g;

interface Place {
  hop: number;
  person: string;
}

/** Where its own words, as far as the prompt still has them, say that it is. */
function placeIn(messages: readonly ChatMessage[], start: string): Place {
  let place = { hop: 0, person: start };
  for (const message of messages) {
    if (message.role === "tool") continue;
    const thought = message.role === "assistant" ? message.reasoning_content : undefined;
    for (const [, hop, person] of `${message.content ?? ""} ${thought ?? ""}`.matchAll(MARK))
      place = { hop: Number(hop), person: person! };
  }
  return place;
}

/** As far as pages that were opened lead on. What a search shows of a page it takes for a hint: only what it has opened counts. */
function followed(place: Place, relations: readonly string[], results: readonly string[]): Place {
  let { hop, person } = place;
  for (;;) {
    const fact = new RegExp(`The ${relations[hop]} of ${person} is (\\w+ \\w+)\\.`);
    const next = results.map((text) => (/, page 1 of/.test(text) ? fact.exec(text)?.[1] : undefined)).find(Boolean);
    if (hop >= relations.length || next === undefined) return { hop, person };
    [hop, person] = [hop + 1, next];
  }
}

/** A policy for the task: looks for the next fact, opens what it finds in a random order, and notes where it is. */
export const relaySearcher =
  (seed: number): ScriptedPolicy =>
  (request, index) => {
    const { messages } = request;
    const random = createRandom(seed * 7919 + index * 104729 + (request.seed ?? 0) * 15485863);
    const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
    const [, start = "", path = ""] = /Begin with (\w+ \w+)\. Go to the (.*?) of each/.exec(question) ?? [];
    const relations = path.split(", then the ");
    const results = messages.flatMap(({ role, content }) => (role === "tool" ? [content ?? ""] : []));
    const { hop, person } = followed(placeIn(messages, start), relations, results);
    const mark = `At step ${hop}: ${person}.`;
    if (messages.at(-1)?.content?.includes("Sum up your work")) return { reasoning: "Let me sum up.", content: mark };
    if (hop === relations.length) return { reasoning: mark, content: `It is ${person}.` };
    return { reasoning: mark, ...nextCall(messages, results, `${relations[hop]} of ${person}`, random) };
  };

/** Search for what is not searched for yet; open a page that the search lists; search for more where all are open. */
function nextCall(
  messages: readonly ChatMessage[],
  results: readonly string[],
  query: string,
  random: () => number,
): { toolCalls: { name: string; arguments: Record<string, unknown> }[] } {
  const calls = messages
    .flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []))
    .map(({ function: { name, arguments: args } }) => ({
      name,
      ...(JSON.parse(args) as { query?: string; id?: string }),
    }));
  const asked = calls.findLastIndex((call) => call.name === "search" && call.query === query);
  if (asked < 0) return { toolCalls: [{ name: "search", arguments: { query, limit: 4 } }] };
  const opened = new Set(calls.map(({ id }) => id));
  const listed = [...(results[asked] ?? "").matchAll(/\[(p\d+)\]/g)]
    .map(([, id]) => id)
    .filter((id) => !opened.has(id));
  if (listed.length === 0) return { toolCalls: [{ name: "search", arguments: { query: `${query} `, limit: 12 } }] };
  return { toolCalls: [{ name: "open", arguments: { id: listed[Math.floor(random() * listed.length)] } }] };
}
