import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StopReason } from "../loop/events.js";
import { readTrace } from "./trace-file.js";

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
  const found = await Promise.all(
    ids.map(async (runId): Promise<RunSummary[]> => {
      try {
        const { run, records } = await readTrace(join(directory, "runs", runId, "trace.jsonl"));
        const last = records.at(-1)!;
        const state = last.type === "end" ? last.stopped : last.type === "error" ? "failed" : "unfinished";
        const task = run.messages.findLast(({ role }) => role === "user")?.content ?? "";
        const steps = records.filter(({ type }) => type === "model").length;
        return [{ runId, createdAt: run.createdAt, model: run.model, task, state, steps }];
      } catch (error) {
        unreadable(runId, error as Error);
        return [];
      }
    }),
  );
  return found.flat().sort((a, b) => a.createdAt - b.createdAt || a.runId.localeCompare(b.runId));
}
