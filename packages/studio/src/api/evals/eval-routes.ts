/** The routes of evaluations: runs with their scores, samples, and the paired difference of two runs. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareRuns, EvalsError, readRun, type Sample, type StoredRun, summarise } from "@cachalot/evals";
import { ApiError, type Route } from "@cachalot/server";
import {
  comparisonSchema,
  type EvalList,
  type EvalSample,
  type EvalSummary,
  evalListSchema,
  evalRunSchema,
  evalSampleDetailSchema,
} from "../../wire/evals.js";
import { pathBelow } from "../working-directory.js";

const PAGE = 200;

/** @param directory where `evals/` is */
export function evalRoutes(directory: string): readonly Route[] {
  const evals = new Evals(join(directory, "evals"));
  const path = "/studio/api/evals";
  return [
    {
      ...{ method: "GET", path, summary: "Evaluation runs, the newest first", response: evalListSchema },
      handle: async (c) => c.json(await evals.list()),
    },
    {
      ...{ method: "GET", path: `${path}/:id`, response: evalRunSchema },
      summary: "Samples of a run. Query: after, verdict",
      async handle(c) {
        const { run, summary } = await evals.run(c.req.param("id")!);
        const verdict = c.req.query("verdict");
        const after = Number(c.req.query("after") ?? 0) || 0;
        const all = run.samples.map(sampleView).filter((sample) => !verdict || sample.verdict === verdict);
        return c.json({ summary, samples: all.slice(after, after + PAGE), total: all.length });
      },
    },
    {
      ...{ method: "GET", path: `${path}/:id/samples/:n`, response: evalSampleDetailSchema },
      summary: "One sample with its conversation",
      async handle(c) {
        const { run } = await evals.run(c.req.param("id")!);
        const n = Number(c.req.param("n"));
        const sample = run.samples[n];
        if (!sample)
          throw new ApiError(404, `There is no sample ${n}; ask for one of the run's`, { code: "no_sample" });
        const { messages, finishReason } = sample;
        return c.json({ ...sampleView(sample, n), messages, ...(finishReason ? { finishReason } : {}) });
      },
    },
    {
      ...{ method: "GET", path: `${path}/:id/against/:other`, response: comparisonSchema },
      summary: "The paired difference of two runs: the other less this one",
      async handle(c) {
        const [a, b] = await Promise.all([evals.run(c.req.param("id")!), evals.run(c.req.param("other")!)]);
        try {
          return c.json(compareRuns(a.run, b.run));
        } catch (error) {
          if (error instanceof EvalsError) throw new ApiError(409, error.message, { code: error.code });
          throw error;
        }
      },
    },
  ];
}

interface ReadEval {
  run: StoredRun;
  summary: EvalSummary;
}

/** Runs in a folder, read again when their samples have grown. */
class Evals {
  private readonly known = new Map<string, { version: string; read: Promise<ReadEval> }>();

  constructor(private readonly folder: string) {}

  async list(): Promise<EvalList> {
    const entries = await readdir(this.folder, { withFileTypes: true }).catch(() => []);
    const list: EvalList = { runs: [], unreadable: [] };
    for (const { name: id } of entries.filter((entry) => entry.isDirectory())) {
      try {
        list.runs.push((await this.run(id)).summary);
      } catch (error) {
        if (!(error instanceof ApiError)) list.unreadable.push({ id, reason: (error as Error).message });
      }
    }
    list.runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    return list;
  }

  /** @throws ApiError 404; EvalsError for a damaged one */
  async run(id: string): Promise<ReadEval> {
    const dir = pathBelow(this.folder, id);
    const header = await stat(join(dir, "eval.json")).catch(() => undefined);
    if (!header) throw new ApiError(404, `There is no evaluation ${id}; ask for one of the list`, { code: "no_eval" });
    const samples = await stat(join(dir, "samples.jsonl")).catch(() => undefined);
    const version = `${header.mtimeMs} ${samples?.mtimeMs} ${samples?.size}`;
    const known = this.known.get(id);
    if (known?.version === version) return known.read;
    const read = readEval(id, dir);
    this.known.set(id, { version, read });
    return read;
  }
}

async function readEval(id: string, dir: string): Promise<ReadEval> {
  const run = await readRun(dir);
  const { benchmark, model, engine, thinkingMode, createdAt, items } = run.header;
  const { samples, right, wrong, notMeasured, score, refused, interval, bounds, tokens, thinkingTokens, toolCalls } =
    summarise(run.samples);
  return {
    run,
    summary: {
      ...{ id, benchmark, model, engine, thinkingMode, createdAt, items, samples, right, wrong },
      ...{ notMeasured: { ...notMeasured }, score, interval, bounds, tokens, thinkingTokens, toolCalls },
      ...(refused === undefined ? {} : { refused }),
    },
  };
}

function sampleView(sample: Sample, n: number): EvalSample {
  const { item, verdict, reason, because, answer, gold, usage, toolCalls, seconds } = sample;
  return {
    ...{ n, item, sample: sample.sample, verdict, because, gold, toolCalls, seconds },
    ...(reason === undefined ? {} : { reason }),
    ...(answer === undefined ? {} : { answer }),
    tokens: usage.completionTokens,
    thinkingTokens: usage.reasoningTokens,
  };
}
