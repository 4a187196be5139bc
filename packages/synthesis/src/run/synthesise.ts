/** A synthesis run: every seed a durable item, so that what was done before a kill -9 is not done again. */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openWorkflows } from "@cachalot/agent";
import type { ChatModel } from "@cachalot/chat";
import { isTemporary, writeAtomic } from "@cachalot/files";
import * as z from "zod";
import { SynthesisError } from "../errors.js";
import { type Funnel, funnelOf, type ItemReport } from "../funnel.js";
import type { Pipeline, Seed } from "../pipeline.js";
import { withoutDuplicates } from "./duplicates.js";
import { type RecordedItem, SYNTHESIS_QUEUE, synthesisWorkflow } from "./synthesis-workflow.js";

export interface SynthesisRequest {
  pipeline: Pipeline;
  /** As the pipeline's schema has them. */
  options: unknown;
  /** Where task folders go; the run's record lies beside them. */
  out: string;
  /** Default: `.cache` in `out`. */
  cache?: string;
  /** A PostgreSQL that workers share. Default: a database in `out`. */
  databaseUrl?: string;
  /** Leave the items to workers (`cachalot worker`). Only with a PostgreSQL. */
  queue?: boolean;
  /** Items at once in this process. Default 1. */
  jobs?: number;
  /** Of this process; where workers have the items, `modelPlan` does. */
  model?: ChatModel;
  /** Plain JSON of which workers open the same model. */
  modelPlan?: unknown;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface Progress {
  done: number;
  kept: number;
  /** Seeds found so far, all of them when `complete`. */
  seeds: number;
  complete: boolean;
}

export interface SynthesisResult {
  funnel: Funnel;
  drops: { key: string; stage: string; reason: string; detail: string }[];
  tasks: string[];
}

/**
 * Runs a pipeline to its end, or goes on with a run in `out` of the same pipeline and options.
 * @throws SynthesisError `invalid_options`, also for another run in `out`; AgentError `runs` for a database that cannot be used
 */
export async function synthesise(request: SynthesisRequest): Promise<SynthesisResult> {
  const { pipeline, model, databaseUrl, jobs = 1 } = request;
  const options = parseOptions(pipeline, request.options);
  const out = resolve(request.out);
  const cache = resolve(request.cache ?? join(out, ".cache"));
  for (const directory of [out, cache]) await mkdir(directory, { recursive: true });
  const run = await runOf(out, pipeline, options);
  const workflow = synthesisWorkflow({ ...(model && { model }) });
  const workflows = await openWorkflows({
    ...{ directory: join(out, ".cachalot"), workflows: [workflow], queue: SYNTHESIS_QUEUE },
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  try {
    const { modelPlan, queue = false, signal = new AbortController().signal } = request;
    const item = (seed: Seed): RecordedItem => ({
      ...{ pipeline: pipeline.name, options, seed, out, cache },
      ...(modelPlan !== undefined && { modelPlan }),
    });
    const worked = (seed: Seed) => workflows.once(workflow, itemId(run, seed), item(seed), { queue });
    const hasModel = model !== undefined || (queue && modelPlan !== undefined);
    const seeds = pipeline.seeds(options, { cache, signal, hasModel });
    const enough = pipeline.enough?.(options) ?? Number.POSITIVE_INFINITY;
    const reports = await inOrder(seeds, enough, queue ? 1000 : jobs, worked, request);
    return await finish(out, pipeline.name, reports);
  } finally {
    await workflows.close();
  }
}

/** @throws SynthesisError `invalid_options` that names the option */
function parseOptions<O>(pipeline: Pipeline<O>, options: unknown): O {
  const { data, error } = pipeline.options.safeParse(options);
  if (error)
    throw new SynthesisError("invalid_options", `${pipeline.name}: ${z.prettifyError(error)}; mend the option`);
  return data;
}

/** The run's name: of a directory, a pipeline and options, so that the same command goes on with it. */
async function runOf(out: string, { name }: Pipeline, options: unknown): Promise<string> {
  const path = join(out, "run.json");
  const record = JSON.stringify({ pipeline: name, options });
  const before = await readFile(path, "utf8").catch(() => undefined);
  const known = before === undefined ? undefined : (JSON.parse(before) as { id: string; run: string });
  if (known && known.run !== record)
    throw new SynthesisError("invalid_options", `${out} has another run in it (${known.run}); give another --out`);
  if (known) return known.id;
  const id = createHash("sha256").update(`${out} ${record} ${Date.now()}`).digest("hex").slice(0, 12);
  await writeAtomic(path, `${JSON.stringify({ id, run: record }, undefined, 2)}\n`);
  return id;
}

const itemId = (run: string, { key }: Seed): string =>
  `${run}.${createHash("sha256").update(key).digest("hex").slice(0, 24)}`;

/** So many at once; reports in the order of seeds. */
async function inOrder(
  seeds: AsyncIterable<Seed> | Iterable<Seed>,
  enough: number,
  atOnce: number,
  work: (seed: Seed) => Promise<ItemReport>,
  { onProgress, signal }: SynthesisRequest,
): Promise<ItemReport[]> {
  const reports: Promise<ItemReport>[] = [];
  const running = new Set<Promise<unknown>>();
  const progress = { done: 0, kept: 0, seeds: 0, complete: false };
  const keys = new Set<string>();
  for await (const seed of seeds) {
    signal?.throwIfAborted();
    if (keys.has(seed.key)) continue;
    keys.add(seed.key);
    while (running.size >= atOnce) await Promise.race(running);
    if (progress.kept >= enough) break;
    progress.seeds++;
    const report = work(seed).then((report) => {
      progress.done++;
      progress.kept += report.kept.length;
      onProgress?.({ ...progress });
      return report;
    });
    reports.push(report);
    const settled = report.catch(() => {}).finally(() => running.delete(settled));
    running.add(settled);
  }
  progress.complete = true;
  return Promise.all(reports);
}

async function finish(out: string, pipeline: string, reports: readonly ItemReport[]): Promise<SynthesisResult> {
  const unique = withoutDuplicates(reports);
  for (const { id, of } of unique.removed) if (id !== of) await rm(join(out, id), { recursive: true, force: true });
  // What a killed process was writing.
  for (const name of await readdir(out))
    if (isTemporary(name)) await rm(join(out, name), { recursive: true, force: true });
  const funnel = funnelOf(pipeline, unique.reports);
  const drops = unique.reports.flatMap(({ key, drops }) => drops.map((drop) => ({ key, ...drop })));
  const tasks = unique.reports.flatMap(({ kept }) => kept.map(({ id }) => id));
  await writeAtomic(join(out, "funnel.json"), `${JSON.stringify({ ...funnel, tasks, drops }, undefined, 2)}\n`);
  return { funnel, drops, tasks };
}
