/**
 * Scripted searcher of the generated world: it knows only what its prompt shows it. It believes the first page that answers, notes it,
 * and never doubts a note: where the last person lacks the keepsake it opens further pages, without an end. Only what is forgotten is
 * looked for anew.
 */

import type { ChatMessage, ScriptedPolicy, ScriptedTurn, ToolCall } from "@cachalot/chat";
import { mixSeed } from "@cachalot/environments";
import { Draw } from "@cachalot/tensor";

/** Hits that it asks a search for; more when it has opened all of those. */
const HITS = [4, 12, 50] as const;
const NOTE = /At step (\d+): ([A-Z]\w+ [A-Z]\w+)\./g;

interface Task {
  start: string;
  relations: string[];
  keepsake: string;
}

/** What a prompt shows. */
interface Seen {
  pages: readonly string[];
  calls: readonly ToolCall[];
  /** Search results by the call's place among the calls. */
  results: readonly string[];
}

export const searcher: ScriptedPolicy = (request, index) => {
  const { messages } = request;
  const task = taskOf(messages);
  const seen = seenIn(messages);
  const place = placeOf(messages, seen, task);
  const note = `At step ${place.hop}: ${place.person}.`;
  if (messages.at(-1)?.content?.includes("Sum up your work")) return { reasoning: "Let me sum up.", content: note };
  const at = { draw: new Draw(mixSeed("searcher", request.seed ?? 0, index)), note, seen };
  if (place.hop < task.relations.length) return look(`${task.relations[place.hop]} of ${place.person}`, at);
  const kept = seen.pages.map((page) => new RegExp(`${place.person} has a (\\w+)\\.`).exec(page)?.[1]).find(Boolean);
  if (kept === undefined) return look(`keepsake ${place.person}`, at);
  if (kept === task.keepsake) return { reasoning: note, content: `${note}\n\nExact Answer: ${place.person}` };
  return look(`${task.relations.at(-1)} ${task.keepsake}`, at);
};

function taskOf(messages: readonly ChatMessage[]): Task {
  const text = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const [, start, path, keepsake] = /Begin with (\w+ \w+)\. Go to the (.*?) of each.*has a (\w+) as/s.exec(text) ?? [];
  if (start === undefined)
    throw new RangeError("the searcher knows the questions of the generated world only; leave out --data");
  return { start, relations: path!.split(", then the "), keepsake: keepsake! };
}

function seenIn(messages: readonly ChatMessage[]): Seen {
  const results = messages.flatMap(({ role, content }) => (role === "tool" ? [content ?? ""] : []));
  const calls = messages.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
  // What a search shows of a page it takes for a hint: only what it has opened counts.
  return { results, calls, pages: results.filter((text) => /, page \d+ of/.test(text)) };
}

/** Where its own words, as far as the prompt still has them, say that it is; and on from there by what was opened. */
function placeOf(messages: readonly ChatMessage[], { pages }: Seen, { start, relations }: Task) {
  let place = { hop: 0, person: start };
  for (const message of messages) {
    if (message.role === "tool") continue;
    const thought = message.role === "assistant" ? (message.reasoning_content ?? "") : "";
    for (const [, hop, person] of `${message.content ?? ""} ${thought}`.matchAll(NOTE))
      place = { hop: Number(hop), person: person! };
  }
  while (place.hop < relations.length) {
    const claim = new RegExp(`The ${relations[place.hop]} of ${place.person} is (\\w+ \\w+)\\.`);
    const next = pages.map((page) => claim.exec(page)?.[1]).find(Boolean);
    if (next === undefined) break;
    place = { hop: place.hop + 1, person: next };
  }
  return place;
}

/** Opens one of the pages that a search found, or searches on. */
function look(query: string, { draw, note, seen }: { draw: Draw; note: string; seen: Seen }): ScriptedTurn {
  const args = seen.calls.map(({ function: call }) => JSON.parse(call.arguments) as Record<string, unknown>);
  const opened = new Set(args.map(({ id }) => id));
  const asked = args.flatMap((one, i) => (one.query === query ? [i] : []));
  const listed = asked.flatMap((i) => [...(seen.results[i] ?? "").matchAll(/\[(p\d+)\]/g)].map(([, id]) => id!));
  const fresh = [...new Set(listed)].filter((id) => !opened.has(id));
  if (fresh.length > 0) return { reasoning: note, toolCalls: [{ name: "open", arguments: { id: draw.one(fresh) } }] };
  const limit = HITS[Math.min(asked.length, HITS.length - 1)]!;
  return { reasoning: note, toolCalls: [{ name: "search", arguments: { query, limit } }] };
}
