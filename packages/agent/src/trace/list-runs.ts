import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StopReason } from "../loop/events.js";
import { readTrace, type Trace } from "./trace-file.js";

export interface RunSummary {
  runId: string;
  createdAt: number;
  model: string;
  /** The task: the last user message it began with. */
  task: string;
  /** Why it ended; `failed` when it broke off with an error, `unfinished` while none of both. */
  state: StopReason | "failed" | "unfinished";
  steps: number;
}

/**
 * Tells of the runs in a directory, by their traces, oldest first.
 * @param unreadable called for a trace that cannot be read
 */
export async function listRuns(
  directory: string,
  unreadable: (runId: string, error: Error) => void = () => {},
): Promise<RunSummary[]> {
  const ids = await readdir(join(directory, "runs")).catch(() => []);
  const found: RunSummary[] = [];
  const next = ids[Symbol.iterator]();
  // A few at a time: a process may not have as many files open as there are runs.
  const reader = async () => {
    for (const runId of next) {
      try {
        found.push(summaryOf(runId, await readTrace(join(directory, "runs", runId, "trace.jsonl"))));
      } catch (error) {
        // A folder without a trace is a run that waits in a queue.
        const { cause } = error as { cause?: NodeJS.ErrnoException };
        if (cause?.code !== "ENOENT") unreadable(runId, error as Error);
      }
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return found.sort((a, b) => a.createdAt - b.createdAt || a.runId.localeCompare(b.runId));
}

const READERS = 16;

function summaryOf(runId: string, { run, records }: Trace): RunSummary {
  const last = records.at(-1)!;
  const state = last.type === "end" ? last.stopped : last.type === "error" ? "failed" : "unfinished";
  const task = run.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const steps = records.filter(({ type }) => type === "model").length;
  return { runId, createdAt: run.createdAt, model: run.model, task, state, steps };
}
