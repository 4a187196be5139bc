/** Search pipeline: entities of the long tail become questions that agents can search for, and few answer. */

import { resolve } from "node:path";
import { Draw, hashText } from "@cachalot/tensor";
import * as z from "zod";
import { SynthesisError } from "../errors.js";
import { Dropped, definePipeline, type ItemContext, type Seed, type SeedContext } from "../pipeline.js";
import type { TaskFolder } from "../task.js";
import { ANSWERERS } from "./answerers/index.js";
import { collectAnswers } from "./collect-answers.js";
import type { SourceFault } from "./corpora/corpus-kind.js";
import { searchTask } from "./folder/search-task.js";
import { sliceOf } from "./folder/slice.js";
import { longTail } from "./sample-entities.js";
import { SearchDesk } from "./search-tools.js";
import { ROLES, stagesOf } from "./stages.js";
import { VERIFY, verifySample } from "./verify/verify-sample.js";
import { openSearchWorld, type SearchWorld } from "./world.js";

const role = z.enum(ROLES);

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
  /** Scripted answerers asked, drawn for each question. */
  answerers: z.number().int().min(1).max(ANSWERERS.length).default(4),
  /** Readings of each claim. */
  passes: z
    .number()
    .int()
    .positive()
    .default(VERIFY.passes)
    .refine((passes) => passes % 2 === 1, "passes must be odd"),
  /** Hits of each search for other answers that are read. */
  hits: z.number().int().positive().max(50).default(VERIFY.hits),
  /** Searches that the agent may need which proves a question answerable. */
  searches: z.number().int().positive().default(40),
  /** Documents in a task folder. */
  documents: z.number().int().min(10).max(10_000).default(120),
  /** Roles that a model takes; a list, or names with commas. Default: none. */
  roles: z
    .union([z.array(role), z.string().transform((names) => names.split(",").filter(Boolean))])
    .pipe(z.array(role))
    .default([]),
});

type SearchOptions = z.output<typeof options>;
/** An entity, or records of the corpus that were left out: they are to be seen in the funnel. */
type SearchSeed = { id: string } | { faults: readonly SourceFault[] };

async function* seeds(
  { corpus, seed, roles }: SearchOptions,
  { cache, hasModel }: SeedContext,
): AsyncGenerator<Seed<SearchSeed>> {
  if (roles.length > 0 && !hasModel)
    throw new SynthesisError("invalid_options", `the role ${roles[0]} needs a model; name one, or leave the role out`);
  const { world } = await opened(corpus, cache);
  const { faults } = world;
  if (faults.length > 0) yield { key: "records left out", data: { faults } };
  for (const entity of longTail(world.graph, seed)) {
    const { id } = world.graph.entities[entity]!;
    yield { key: id, data: { id } };
  }
}

async function* candidates(
  { data }: Seed<SearchSeed>,
  options: SearchOptions,
  item: ItemContext,
): AsyncGenerator<TaskFolder> {
  if ("id" in data) yield* tasksOf(data.id, options, item);
  else
    for (const { where, reason, detail } of data.faults)
      await item.stage("read", () => drop(reason, `${where}: ${detail}`));
}

const drop = (reason: string, detail: string): never => {
  throw new Dropped(reason, detail);
};

async function* tasksOf(
  id: string,
  { corpus, seed, searches, documents, roles, answerers, passes, hits, ...walk }: SearchOptions,
  item: ItemContext,
): AsyncGenerator<TaskFolder> {
  const { world, desk } = await opened(corpus, item.cache);
  const { graph } = world;
  const answer = graph.entities[graph.indexOf(id)!]!;
  const draw = new Draw(hashText(`${seed} ${id}`));
  const stages = stagesOf({ world, desk, item, draw }, roles);

  const asked = await stages.ask(answer, walk, searches);
  if (asked === undefined) return;
  const { question, claims, constraints } = asked;
  const answers = await item.stage("answer", () =>
    collectAnswers({ text: question, constraints }, stages.answerers(answerers), desk, draw),
  );
  if (answers === undefined) return;
  const sample = { question, answer, claims, candidates: answers };
  const verified = await item.stage("verify", () =>
    verifySample(sample, desk.tools(), { ...VERIFY, passes, hits, reader: stages.reader, graph, draw }),
  );
  if (verified === undefined) return;
  const task = await item.stage("folder", async () => {
    const slice = await sliceOf(verified, asked.near, graph, desk.tools(), draw, documents);
    return searchTask({ world, sample: verified, ...asked, slice, seed, written: roles.includes("question") });
  });
  if (task) yield task;
}

interface Opened {
  world: SearchWorld;
  desk: SearchDesk;
}

/** Worlds of this process: opening one takes seconds, and many items share it. */
const worlds = new Map<string, Promise<Opened>>();

function opened(corpus: string, cache: string): Promise<Opened> {
  const key = `${cache}\0${corpus}`;
  const known = worlds.get(key);
  if (known) return known;
  const opening = openSearchWorld(corpus, cache).then((world) => ({
    ...{ world, desk: new SearchDesk(world.corpus, world.kind) },
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
