/** Search pipeline: entities of the long tail become questions that agents can search for, and few answer. */

import { resolve } from "node:path";
import { Draw, hashText } from "@cachalot/tensor";
import * as z from "zod";
import { Dropped, definePipeline, type ItemContext, type Seed } from "../pipeline.js";
import type { TaskFolder } from "../task.js";
import { ANSWERERS } from "./answerers/index.js";
import { collectAnswers } from "./collect-answers.js";
import { explore } from "./explore.js";
import { searchTask } from "./folder/search-task.js";
import { sliceOf } from "./folder/slice.js";
import type { Constraint } from "./graph/constraint.js";
import { hunt } from "./hunt.js";
import { ask } from "./question/ask.js";
import { construct } from "./question/construct.js";
import { longTail } from "./sample-entities.js";
import { SearchDesk } from "./search-tools.js";
import { exactReader } from "./verify/reader.js";
import { claimsOf } from "./verify/sample.js";
import { VERIFY, verifySample } from "./verify/verify-sample.js";
import { openSearchWorld, type SearchWorld } from "./world.js";

const options = z.strictObject({
  /** A file of a kind in corpora/index.ts, or `generated:COUNT`. */
  corpus: z
    .string()
    .default("generated")
    .transform((source) => (source.startsWith("generated") ? source : resolve(source))),
  /** Tasks wanted. */
  count: z.number().int().positive().default(500),
  seed: z.number().int().nonnegative().default(0),
  /** Hops of the exploration, and links followed from each page. */
  depth: z.number().int().min(0).max(4).default(2),
  breadth: z.number().int().min(1).max(20).default(4),
  /** Answerers asked, drawn for each question. */
  answerers: z.number().int().min(1).max(ANSWERERS.length).default(4),
  /** Readings of each claim. */
  passes: z
    .number()
    .int()
    .positive()
    .default(VERIFY.passes)
    .refine((passes) => passes % 2 === 1, "passes must be odd"),
  /** Searches the agent may need that proves a question answerable. */
  searches: z.number().int().positive().default(40),
  /** Documents in a task folder. */
  documents: z.number().int().min(10).max(10_000).default(120),
});

type SearchOptions = z.output<typeof options>;
interface SearchSeed {
  id: string;
}

/** Pages that the same agent may check. */
const PAGES = 1500;

async function* seeds({ corpus, seed }: SearchOptions, { cache }: { cache: string }): AsyncGenerator<Seed<SearchSeed>> {
  const { world } = await opened(corpus, cache);
  for (const entity of longTail(world.graph, seed)) {
    const { id } = world.graph.entities[entity]!;
    yield { key: id, data: { id } };
  }
}

async function* candidates(
  { data: { id } }: Seed<SearchSeed>,
  { corpus, seed, depth, breadth, answerers, passes, searches, documents }: SearchOptions,
  context: ItemContext,
): AsyncGenerator<TaskFolder> {
  const { world, desk } = await opened(corpus, context.cache);
  const { graph, kind } = world;
  const answer = graph.entities[graph.indexOf(id)!]!;
  const draw = new Draw(hashText(`${seed} ${id}`));

  const explored = await context.stage("explore", async () => {
    return (await explore(id, desk.tools(), draw, { depth, breadth })) ?? drop("no-page", id);
  });
  if (explored === undefined) return;
  const constraints = await context.stage(
    "question",
    () => construct(explored, graph, draw) ?? drop("not-singled-out", id),
  );
  if (constraints === undefined) return;
  const question = ask(kind, constraints);
  const reached = await context.stage("reach", () => reach(constraints, id, desk, draw, searches));
  if (reached === undefined) return;
  const answers = await context.stage("answer", () =>
    collectAnswers({ text: question, constraints }, draw.some(ANSWERERS, answerers), desk, draw),
  );
  if (answers === undefined) return;
  const sample = { question, answer, claims: claimsOf(kind, constraints), candidates: answers };
  const verified = await context.stage("verify", () =>
    verifySample(sample, desk.tools(), { ...VERIFY, passes, reader: exactReader, graph, draw }),
  );
  if (verified === undefined) return;
  const { path, calls, near } = reached;
  const task = await context.stage("folder", async () => {
    const slice = await sliceOf(verified, near, graph, desk.tools(), draw, documents);
    return searchTask({ world, sample: verified, path, calls, slice, seed, written: false });
  });
  if (task) yield task;
}

const drop = (reason: string, detail: string): never => {
  throw new Dropped(reason, detail);
};

/** The answer must be found with the tools alone; what was nearly it on the way makes good distractors. */
async function reach(constraints: readonly Constraint[], id: string, desk: SearchDesk, draw: Draw, searches: number) {
  const tools = desk.tools();
  const held = new Map<string, number>();
  const seen = (page: { id: string }, count: number) => held.set(page.id, Math.max(count, held.get(page.id) ?? 0));
  const found = await hunt(constraints, tools, { searches, pages: PAGES, draw, seen });
  if (found === undefined) throw new Dropped("unreachable", `not found with ${searches} searches`);
  if (found.page.id !== id) throw new Dropped("ambiguous", `${found.page.id} meets all claims as well`);
  const near = [...held].sort(([, a], [, b]) => b - a).map(([page]) => page);
  return { path: found.path, calls: tools.calls, near };
}

/** Worlds of this process: opening one takes seconds, and many items share it. */
const worlds = new Map<string, Promise<{ world: SearchWorld; desk: SearchDesk }>>();

function opened(corpus: string, cache: string): Promise<{ world: SearchWorld; desk: SearchDesk }> {
  const key = `${cache}\0${corpus}`;
  const known = worlds.get(key);
  if (known) return known;
  const opening = openSearchWorld(corpus, cache).then((world) => ({
    world,
    desk: new SearchDesk(world.corpus, world.kind),
  }));
  worlds.set(key, opening);
  opening.catch(() => worlds.delete(key));
  return opening;
}

/** Closes the worlds that runs have opened in this process. */
export async function closeSearchWorlds(): Promise<void> {
  const all = [...worlds.values()];
  worlds.clear();
  for (const opening of all) await (await opening).world.close();
}

export const search = definePipeline<SearchOptions, SearchSeed>({
  name: "search",
  kind: "search",
  description: "finds a page of a corpus by vague claims: Debian package records, dictionaries, JSON Lines",
  options,
  enough: ({ count }) => count,
  seeds,
  candidates,
});
