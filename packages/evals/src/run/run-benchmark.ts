/** A run of a benchmark: every sample that is not there yet, several at a time. Resumable: what was measured is never asked again. */

import type { Item } from "../benchmark.js";
import { EvalsError } from "../errors.js";
import { type AttemptsOptions, type MakeSample, openAttempts } from "./attempts.js";
import { promptHash, type RunHeader } from "./header.js";
import { OpenRun, type StoredRun } from "./run-directory.js";
import { isBroken, keyOf, type Sample } from "./sample.js";

export interface RunOptions extends AttemptsOptions {
  /** As reports show them. */
  about: Pick<RunHeader, "model" | "engine" | "codec" | "cachalot" | "user" | "judge">;
  /** Directory of the run. */
  out: string;
  /** Of each problem. */
  samples: number;
  /** Attempts at the same time. */
  concurrency: number;
  /** Makes the samples elsewhere. Default: this process does. */
  elsewhere?: MakeSample;
  onSample?: (done: readonly Sample[], all: number) => void;
  signal?: AbortSignal;
}

/**
 * @returns the whole run, with what was there before
 * @throws EvalsError as `Benchmark.items` and `OpenRun.open`; the signal's reason where that aborts; what writing a sample throws
 */
export async function runBenchmark(options: RunOptions): Promise<StoredRun> {
  const { items, agent, make } = await openAttempts(options);
  const header = { ...headerOf(options, items), ...(agent && { agent }) };
  const run = await OpenRun.open(options.out, header);
  try {
    const done = asked(run.samples, items, options);
    const wanted = missing(items, options.samples, done);
    await workThrough(options, options.elsewhere ?? make, wanted, done, items.length * options.samples, run);
    return { header, samples: done };
  } finally {
    await run.close();
  }
}

/** The samples of these problems that were asked. @throws EvalsError `other_run` where a problem is no longer what was asked */
function asked(samples: readonly Sample[], items: readonly Item[], { out, samples: wanted }: RunOptions): Sample[] {
  const known = new Map(items.map((item) => [item.id, item]));
  return samples.filter((before) => {
    const { item: id, sample, messages, gold } = before;
    const item = known.get(id);
    // What broke is no measurement: it is asked again.
    if (!item || sample >= wanted || isBroken(before)) return false;
    const prompt = messages.slice(0, item.messages.length);
    if (gold === item.gold && JSON.stringify(prompt) === JSON.stringify(item.messages)) return true;
    throw new EvalsError("other_run", `${out} was asked another problem ${id}; pass --out another directory`);
  });
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
  { concurrency, onSample, signal: stopped }: RunOptions,
  make: MakeSample,
  wanted: readonly { item: Item; sample: number }[],
  done: Sample[],
  all: number,
  run: OpenRun,
): Promise<void> {
  const stop = new AbortController();
  const signal = stopped ? AbortSignal.any([stopped, stop.signal]) : stop.signal;
  const left = wanted.values();
  let broken = 0;
  onSample?.(done, all);
  const worker = async () => {
    for (const { item, sample } of left) {
      signal.throwIfAborted();
      const result = await make(item, sample, signal);
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
