/** The traces in a directory, each behind its index. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AgentError, tracePath } from "@cachalot/agent";
import { ApiError } from "@cachalot/server";
import type { RunList, RunSummary } from "../../wire/runs.js";
import type { RunDesk } from "./run-desk.js";
import { TraceIndex } from "./trace-index.js";

/** Traces that are read at once. */
const READERS = 8;
/** How long the first record of a run may take, and how often it is looked for. */
const APPEARS_MS = 60_000;
const LOOK_MS = 50;

export class RunStore {
  private readonly indices = new Map<string, TraceIndex>();

  constructor(
    private readonly directory: string,
    private readonly desk: RunDesk,
  ) {}

  /** The newest first. */
  async list(): Promise<Omit<RunList, "tools">> {
    const ids = await readdir(join(this.directory, "runs")).catch(() => []);
    const runs: RunSummary[] = [];
    const unreadable: RunList["unreadable"] = [];
    const next = ids[Symbol.iterator]();
    const reader = async () => {
      for (const id of next) {
        try {
          runs.push(await this.summary(id));
        } catch (error) {
          // A folder without a trace is a run that waits in a queue.
          if (!(error instanceof ApiError && error.status === 404))
            unreadable.push({ id, reason: (error as Error).message });
        }
      }
    };
    await Promise.all(Array.from({ length: READERS }, reader));
    return { runs: runs.sort((a, b) => b.createdAt - a.createdAt), unreadable };
  }

  async summary(id: string): Promise<RunSummary> {
    const index = await this.index(id);
    const { facts, steps } = index;
    if (!facts)
      throw new ApiError(409, `The trace of ${id} has no whole record yet; wait for it`, { code: "no_record" });
    const { usage, state, ...rest } = facts;
    return {
      id,
      ...rest,
      ...usage,
      task: rest.task.slice(0, 500),
      state: this.desk.isAtWork(id) ? "working" : state,
      steps: steps.filter(({ completionTokens, purpose }) => completionTokens !== undefined && purpose === "step")
        .length,
    };
  }

  /** Waits until a run that has just begun has its first record: its page would not find it before. */
  async appears(id: string): Promise<void> {
    for (let waited = 0; waited < APPEARS_MS; waited += LOOK_MS) {
      const index = await this.index(id).catch(() => undefined);
      if (index?.facts) return;
      await sleep(LOOK_MS);
    }
  }

  /** As the file is now. @throws ApiError 404, 422 */
  async index(id: string): Promise<TraceIndex> {
    const path = this.path(id);
    const index = this.indices.get(id) ?? new TraceIndex(path);
    try {
      await index.refresh();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        throw new ApiError(404, `There is no run ${id}; cachalot runs lists those that are`, { code: "no_run" });
      throw new ApiError(422, `${path} cannot be read: ${(error as Error).message}; the file was changed`, {
        code: "damaged_trace",
      });
    }
    this.indices.set(id, index);
    return index;
  }

  path(id: string): string {
    try {
      return tracePath(this.directory, id);
    } catch (error) {
      if (error instanceof AgentError) throw new ApiError(404, error.message, { code: "no_run" });
      throw error;
    }
  }
}
