/** Rollouts made by workers: groups wait in a queue, and the trainer takes those that are finished and fresh enough. */

import { setTimeout as sleep } from "node:timers/promises";
import type { WorkflowStatus } from "@cachalot/agent";
import type { Rollout } from "@cachalot/chat";
import { createCurriculum } from "../curriculum/create-curriculum.js";
import type { CurriculumState } from "../curriculum/curriculum.js";
import { EnvironmentError } from "../errors.js";
import { type CollectRequest, evaluateHeldOut, type TaskRolloutSource } from "../source/create-rollout-source.js";
import { readPractices } from "../source/practice.js";
import { drawGroup } from "../source/rollout-group.js";
import type { FinishedGroups } from "./queue-directory.js";
import type { FinishedJob, PolicyPlan, RolloutJob } from "./rollout-workflow.js";

/** Durable workflows, as far as they are needed here. */
export interface JobQueue {
  /** Leaves a job to the workers; does nothing where there is one of this name. */
  put(id: string, job: RolloutJob): Promise<void>;
  statuses(ids: readonly string[]): Promise<ReadonlyMap<string, WorkflowStatus>>;
  /** @throws what it failed with */
  result(id: string): Promise<FinishedJob>;
  cancel(ids: readonly string[]): Promise<void>;
}

export interface QueuedSourceOptions {
  queue: JobQueue;
  finished: FinishedGroups;
  policy: PolicyPlan;
  note(text: string): void;
  /** How workers are started, for people. */
  startWorkers: string;
}

export interface QueuedCollectRequest extends CollectRequest {
  /** Of the trainer's weights. */
  version: number;
  /** How many versions older those may be that drew a group. */
  offPolicy: number;
}

export interface QueuedRolloutSource extends TaskRolloutSource {
  collect(request: QueuedCollectRequest, policy: unknown, signal?: AbortSignal): Promise<Rollout[]>;
  /** Its workers take the newest of the published weights, and groups of steps to come while the trainer trains. */
  readonly elsewhere: {
    /** Groups of the last step that were left out, as they were drawn by weights that are too old. */
    readonly staleGroups: number;
  };
  /** Takes what is left out of the queue. */
  cancel(): Promise<void>;
}

interface QueueState {
  levels?: CurriculumState;
  /** Number of the next group. */
  next?: number;
  /** Groups in the queue, at work, or finished and not taken yet. */
  outstanding?: string[];
  staleGroups?: number;
}

const POLL_MS = 100;
/** Until it is told that nobody works. */
const LONELY_MS = 15_000;
/** A group that takes so many times the median is not waited for: another one is begun beside it. */
const STRAGGLER = { times: 3, leastMs: 1000 };
/** A group is tried so often. */
const ATTEMPTS = 3;

/** The group of a job: jobs that try one again are GROUP.1, GROUP.2. */
const groupOf = (id: string): string => id.split(".")[0]!;
const numberOf = (group: string): number => Number(group.slice(1));

/**
 * @throws EnvironmentError `invalid_task`, `unknown_taskset` as `createRolloutSource`; from `collect` `rollout_failed` for a group that
 * failed in every worker
 */
export function createQueuedSource(tasks: unknown, options: QueuedSourceOptions): QueuedRolloutSource {
  return new QueuedSource(tasks, options);
}

class QueuedSource implements QueuedRolloutSource {
  readonly #practices;
  readonly #curriculum;
  #next = 0;
  #outstanding: string[] = [];
  #staleGroups = 0;
  /** Seconds that finished groups took. */
  readonly #seconds: number[] = [];

  constructor(
    private readonly tasks: unknown,
    private readonly options: QueuedSourceOptions,
  ) {
    this.#practices = readPractices(tasks);
    this.#curriculum = createCurriculum(this.#practices);
  }

  get elsewhere(): { staleGroups: number } {
    return { staleGroups: this.#staleGroups };
  }

  async collect(request: QueuedCollectRequest, _policy: unknown, signal?: AbortSignal): Promise<Rollout[]> {
    if (request.round === 0) {
      this.#staleGroups = 0;
      await this.#clean();
    }
    await this.#fill((request.offPolicy + 1) * request.groups, request);
    const rollouts = await this.#take(request, signal);
    this.#curriculum.learn(rollouts);
    return rollouts;
  }

  evaluate: TaskRolloutSource["evaluate"] = (request, policy, signal) =>
    evaluateHeldOut(this.#practices, request, policy, signal);

  state(): QueueState {
    const levels = this.#curriculum.state();
    return { levels, next: this.#next, outstanding: [...this.#outstanding], staleGroups: this.#staleGroups };
  }

  restore(state: unknown): void {
    const { levels, next = 0, outstanding = [], staleGroups = 0 } = (state ?? {}) as QueueState;
    this.#curriculum.restore(levels);
    this.#next = next;
    this.#outstanding = [...outstanding];
    this.#staleGroups = staleGroups;
  }

  async cancel(): Promise<void> {
    const statuses = await this.options.queue.statuses(this.#outstanding);
    await this.options.queue.cancel(this.#outstanding.filter((id) => statuses.get(id) !== "done"));
  }

  /** Puts groups into the queue until so many are outstanding. */
  async #fill(count: number, request: QueuedCollectRequest): Promise<void> {
    while (this.#outstanding.length < count) {
      const id = `q${String(this.#next++).padStart(6, "0")}`;
      await this.#put(id, request);
      this.#outstanding.push(id);
    }
  }

  async #put(id: string, request: QueuedCollectRequest): Promise<void> {
    const group = drawGroup(groupOf(id), request, [numberOf(groupOf(id))], this.#practices.all, this.#curriculum);
    await this.options.queue.put(id, { tasks: this.tasks, group, policy: this.options.policy });
  }

  /** Waits until so many groups as are asked for are finished and fresh; those that are too old are dropped. */
  async #take(request: QueuedCollectRequest, signal: AbortSignal | undefined): Promise<Rollout[]> {
    const taken: Rollout[][] = [];
    let [since, told] = [performance.now(), false];
    for (;;) {
      signal?.throwIfAborted();
      const statuses = await this.options.queue.statuses(this.#outstanding);
      const done = this.#outstanding.filter((id) => statuses.get(id) === "done");
      for (const id of done) {
        if (taken.length === request.groups) break;
        const rollouts = await this.#takeOne(id, request.version - request.offPolicy);
        if (rollouts) taken.push(rollouts);
        since = performance.now();
      }
      if (taken.length === request.groups) return taken.flat();
      await this.#repair(statuses, request);
      const missing = request.groups - taken.length;
      if (this.#outstanding.length < missing) await this.#fill(missing, request);
      const isQueued = this.#outstanding.some((id) => statuses.get(id) === "queued");
      const waited = performance.now() - since;
      if (!isQueued && waited > this.#patience) {
        await this.#fill(this.#outstanding.length + 1, request);
        since = performance.now();
      } else if (
        !told &&
        isQueued &&
        waited > LONELY_MS &&
        !this.#outstanding.some((id) => statuses.get(id) === "working")
      ) {
        told = true;
        this.options.note(`waiting for rollout workers; start them with ${this.options.startWorkers}`);
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Takes a finished group out of those outstanding. @returns undefined for one that is too old */
  async #takeOne(id: string, oldest: number): Promise<Rollout[] | undefined> {
    const { queue, finished } = this.options;
    const { file, version, seconds } = await queue.result(id);
    const rollouts = version >= oldest ? await finished.read(file) : undefined;
    this.#outstanding = this.#outstanding.filter((other) => other !== id);
    this.#seconds.push(seconds);
    if (!rollouts) this.#staleGroups++;
    return rollouts;
  }

  /** Puts groups that failed into the queue under another name, and those of a database that was lost under their own. */
  async #repair(statuses: ReadonlyMap<string, WorkflowStatus>, request: QueuedCollectRequest): Promise<void> {
    for (const [i, id] of this.#outstanding.entries()) {
      const status = statuses.get(id);
      if (status !== undefined && status !== "failed") continue;
      const again = status === "failed" ? await this.#nextAttempt(id) : id;
      await this.#put(again, request);
      this.#outstanding[i] = again;
    }
  }

  /** @throws EnvironmentError `rollout_failed` where there were enough */
  async #nextAttempt(id: string): Promise<string> {
    const [group, attempt = "0"] = id.split(".");
    const reason = await this.options.queue.result(id).then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (Number(attempt) + 1 < ATTEMPTS) {
      this.options.note(`group ${group} failed in a worker and is tried again: ${reason}`);
      return `${group}.${Number(attempt) + 1}`;
    }
    throw new EnvironmentError(
      "rollout_failed",
      `group ${group} failed ${ATTEMPTS} times in the workers: ${reason}; mend what they run on, and start the training again`,
    );
  }

  /** How long a group is waited for while workers may be idle, in milliseconds. */
  get #patience(): number {
    if (this.#seconds.length === 0) return Number.POSITIVE_INFINITY;
    const sorted = this.#seconds.slice(-50).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    return Math.max(STRAGGLER.leastMs, STRAGGLER.times * median * 1000);
  }

  async #clean(): Promise<void> {
    const wanted = new Set(this.#outstanding.map(groupOf));
    await this.options.finished.keepOnly((group) => wanted.has(group) || numberOf(group) >= this.#next);
  }
}
