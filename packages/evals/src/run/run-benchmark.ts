/** A run of a benchmark: every sample that is not there yet, several at a time. Resumable: what was measured is never asked again. */

import type { TextTokenizer } from "@cachalot/agent";
import type { SamplingOptions, ThinkingMode } from "@cachalot/chat";
import { mixSeed } from "@cachalot/environments";
import { type AgentOptions, agentOptions, withBudget } from "../agent/agent-options.js";
import type { Benchmark, Company, Item, ItemRequest } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import type { ModelFor } from "../models/scripted.js";
import { attempt } from "./attempt.js";
import { promptHash, type RunHeader } from "./header.js";
import { withLimits } from "./limits.js";
import { OpenRun, type StoredRun } from "./run-directory.js";
import { keyOf, type Sample } from "./sample.js";

export interface RunOptions {
  benchmark: Benchmark;
  model: ModelFor;
  /** As reports show them. */
  about: Pick<RunHeader, "model" | "engine" | "codec" | "cachalot" | "user" | "judge">;
  /** Directory of the run. */
  out: string;
  /** A file or folder instead of the bundled problems, and what else they are made of. */
  data?: string;
  files?: Pick<ItemRequest, "corpus" | "environments">;
  /** Of problems with tools: what is not named is the benchmark's. */
  agent?: Partial<AgentOptions>;
  /** The model's own: counts the prompts of agents. */
  tokenizer?: TextTokenizer;
  /** Problems, in the benchmark's order. */
  limit: number;
  /** Of each problem. */
  samples: number;
  sampling: Omit<SamplingOptions, "seed">;
  thinkingMode: ThinkingMode;
  seed: number;
  /** Attempts at the same time. */
  concurrency: number;
  timeoutMs: number;
  /** Tokens of an attempt, all of its turns together. Default: the benchmark's. */
  tokens?: number;
  company?: Omit<Company, "seed">;
  onSample?: (done: readonly Sample[], all: number) => void;
  signal?: AbortSignal;
}

/**
 * @returns the whole run, with what was there before
 * @throws EvalsError as `Benchmark.items` and `OpenRun.open`; the signal's reason where that aborts; what writing a sample throws
 */
export async function runBenchmark(options: RunOptions): Promise<StoredRun> {
  const agent = agentOptions(options.benchmark, options.agent);
  const items = (await itemsOf(options)).map((item) => (agent ? withBudget(item, agent, options.timeoutMs) : item));
  const header = { ...headerOf(options, items), ...(agent && { agent }) };
  const run = await OpenRun.open(options.out, header);
  try {
    const done = asked(run.samples, items, options);
    await workThrough(options, agent, missing(items, options.samples, done), done, items.length * options.samples, run);
    return { header, samples: done };
  } finally {
    await run.close();
  }
}

/** What is asked again by the next command. */
const BROKEN: ReadonlySet<Sample["reason"]> = new Set(["infrastructure", "unsupported"] as const);

/** The samples of these problems that were asked. @throws EvalsError `other_run` where a problem is no longer what was asked */
function asked(samples: readonly Sample[], items: readonly Item[], { out, samples: wanted }: RunOptions): Sample[] {
  const known = new Map(items.map((item) => [item.id, item]));
  return samples.filter(({ item: id, sample, messages, gold, reason }) => {
    const item = known.get(id);
    // What broke is no measurement: it is asked again.
    if (!item || sample >= wanted || BROKEN.has(reason)) return false;
    const prompt = messages.slice(0, item.messages.length);
    if (gold === item.gold && JSON.stringify(prompt) === JSON.stringify(item.messages)) return true;
    throw new EvalsError("other_run", `${out} was asked another problem ${id}; pass --out another directory`);
  });
}

async function itemsOf({ benchmark, data, files, limit, seed, tokens, timeoutMs }: RunOptions): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of benchmark.items({ ...(data !== undefined && { data }), ...files, seed, limit })) {
    const limited = tokens === undefined ? item : { ...item, budget: { ...item.budget, tokens } };
    items.push(benchmark.told ? withLimits(limited, timeoutMs / 1000) : limited);
    if (items.length >= limit) break;
  }
  if (items.length === 0)
    throw new EvalsError("bad_data", `${benchmark.name} has no problems here; pass a larger --limit`);
  return items;
}

function headerOf(options: RunOptions, items: readonly Item[]): RunHeader {
  const { benchmark, about, data = "bundled", sampling, thinkingMode, seed, samples } = options;
  return {
    ...{
      format: "cachalot-eval",
      version: 1,
      benchmark: benchmark.name,
      data,
      ...about,
      sampling,
      thinkingMode,
      seed,
      samples,
    },
    ...{ items: items.length, prompts: promptHash(items), createdAt: new Date().toISOString() },
  };
}

/** All first samples before the second ones: a run that is stopped has seen every problem. */
function missing(items: readonly Item[], samples: number, done: readonly Sample[]): { item: Item; sample: number }[] {
  const there = new Set(done.map(keyOf));
  return Array.from({ length: samples }, (_, sample) => items.map((item) => ({ item, sample })))
    .flat()
    .filter(({ item, sample }) => !there.has(keyOf({ item: item.id, sample })));
}

/** So many samples in a row that nothing can be measured of end a run: its endpoint is gone. */
const MOST_BROKEN = 32;

async function workThrough(
  options: RunOptions,
  agent: AgentOptions | undefined,
  wanted: readonly { item: Item; sample: number }[],
  done: Sample[],
  all: number,
  run: OpenRun,
): Promise<void> {
  const { benchmark, model, sampling, thinkingMode, timeoutMs, seed, concurrency, onSample, company } = options;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const left = wanted.values();
  let broken = 0;
  onSample?.(done, all);
  const worker = async () => {
    for (const { item, sample } of left) {
      signal.throwIfAborted();
      const own = mixSeed("eval", seed, item.id, sample);
      const result = await attempt({
        ...{
          benchmark,
          item,
          sample,
          model: model(benchmark, item),
          sampling,
          thinkingMode,
          timeoutMs,
          signal,
          seed: own,
        },
        ...(company && { company }),
        ...(agent && { agent, another: () => model(benchmark, item) }),
        ...(options.tokenizer && { tokenizer: options.tokenizer }),
      });
      await run.append(result);
      done.push(result);
      onSample?.(done, all);
      broken = result.reason === "infrastructure" ? broken + 1 : 0;
      if (broken >= MOST_BROKEN)
        throw new EvalsError(
          "unreachable",
          `${broken} answers in a row broke, the last one with: ${result.because}; mend that, and the same command goes on`,
        );
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, wanted.length) }, () =>
    worker().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
}
