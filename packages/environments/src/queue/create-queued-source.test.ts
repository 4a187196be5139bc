import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkflowStatus } from "@cachalot/agent";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scriptedPolicy } from "../rollout/scripted-policy.js";
import { createQueuedSource, type JobQueue, type QueuedRolloutSource } from "./create-queued-source.js";
import { FinishedGroups } from "./queue-directory.js";
import { type FinishedJob, type RolloutJob, rolloutWorkflowOf } from "./rollout-workflow.js";

const STAGE = "rl";
const tasks = { tasksets: { sorting: { modes: ["chat"], levels: [0] } } };
const policy = { stage: STAGE, weights: "f32", maxSequences: 4, contextLength: 512 } as const;
const sampling = { temperature: 1, topP: 1, topK: 0 };

/** A database of jobs in memory; whoever works on them says when. */
class Jobs implements JobQueue {
  readonly jobs = new Map<string, { job: RolloutJob; status: WorkflowStatus; finished?: FinishedJob }>();
  put: JobQueue["put"] = async (id, job) => {
    if (!this.jobs.has(id)) this.jobs.set(id, { job, status: "queued" });
  };
  statuses: JobQueue["statuses"] = async (ids) =>
    new Map(ids.flatMap((id) => (this.jobs.has(id) ? [[id, this.jobs.get(id)!.status] as const] : [])));
  result: JobQueue["result"] = async (id) => {
    const finished = this.jobs.get(id)!.finished;
    if (finished) return finished;
    throw new Error("no room on the device");
  };
  cancel: JobQueue["cancel"] = async (ids) => void ids.map((id) => this.jobs.delete(id));

  of = (status: WorkflowStatus): string[] =>
    [...this.jobs].filter(([, job]) => job.status === status).map(([id]) => id);

  /** Works on jobs with weights of a version, as a worker does. */
  async work(ids: readonly string[], version: number): Promise<void> {
    const workflow = rolloutWorkflowOf(dir, (_, work) => work(scriptedPolicy({ says: () => "1 2 3" }), version));
    const context = {
      id: "",
      journal: { step: async <T>(_: string, work: () => Promise<T>) => ({ value: await work(), replayed: false }) },
    };
    for (const id of ids) {
      const finished = await workflow.run(this.jobs.get(id)!.job, context as never);
      Object.assign(this.jobs.get(id)!, { status: "done", finished });
    }
  }
}

let dir: string;
let jobs: Jobs;
let notes: string[];
const finishedDir = () => join(dir, "queue", STAGE);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "queue-"));
  jobs = new Jobs();
  notes = [];
});
afterEach(() => rm(dir, { recursive: true }));

async function open(): Promise<QueuedRolloutSource> {
  const finished = new FinishedGroups(dir, STAGE);
  await finished.open();
  const note = (text: string) => void notes.push(text);
  return createQueuedSource(tasks, { queue: jobs, finished, policy, note, startWorkers: "start" });
}

const collect = (source: QueuedRolloutSource, version: number, { round = 0, groups = 2 } = {}) =>
  source.collect(
    { ...{ seed: 1, step: version, round, groups, groupSize: 3, sampling, record: {} }, version, offPolicy: 1 },
    undefined,
  );

const groupsOf = (rollouts: readonly { group: string }[]) => [...new Set(rollouts.map(({ group }) => group))];

/** Runs while a collection waits. */
async function meanwhile<T>(collecting: Promise<T>, work: () => Promise<void>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  await work();
  return collecting;
}

test("groups of the next steps wait in the queue too; each finished one is taken once, and its file goes", async () => {
  const source = await open();
  const first = await meanwhile(collect(source, 0), async () => {
    expect(jobs.of("queued")).toEqual(["q000000", "q000001", "q000002", "q000003"]);
    await jobs.work(["q000000", "q000002", "q000003"], 0);
  });
  expect(groupsOf(first)).toEqual(["q000000", "q000002"]);
  expect(first).toHaveLength(6);
  const second = await meanwhile(collect(source, 1), async () => jobs.work(["q000004"], 1));
  expect(groupsOf(second)).toEqual(["q000003", "q000004"]);
  expect(source.elsewhere.staleGroups).toBe(0);
  // What was taken by the step before is on disk with it; what this one took may be wanted again.
  expect((await readdir(finishedDir())).map((name) => name.slice(0, 7)).sort()).toEqual(["q000003", "q000004"]);
});

test("groups drawn by weights that are too old are dropped and counted, and others come in their place", async () => {
  const source = await open();
  await meanwhile(collect(source, 0), () => jobs.work(["q000000", "q000001", "q000002", "q000003"], 0));
  const later = await meanwhile(collect(source, 2), () => jobs.work(jobs.of("queued"), 2));
  expect(source.elsewhere.staleGroups).toBe(2);
  expect(groupsOf(later)).toEqual(["q000004", "q000005"]);
});

test("a source restored to a step goes on with its groups: those finished meanwhile are taken, none is asked for twice", async () => {
  const source = await open();
  await meanwhile(collect(source, 0), () => jobs.work(["q000000", "q000001"], 0));
  const state = JSON.parse(JSON.stringify(source.state()));
  // The process goes on to the next step, and dies before that is on disk.
  await meanwhile(collect(source, 1), () => jobs.work(["q000002", "q000003"], 1));
  const known = new Set(jobs.jobs.keys());
  const again = await open();
  again.restore(state);
  expect(groupsOf(await collect(again, 1))).toEqual(["q000002", "q000003"]);
  expect(new Set(jobs.jobs.keys())).toEqual(known);
});

test("a database that forgot a group is asked again", async () => {
  const source = await open();
  const rollouts = await meanwhile(collect(source, 0), async () => {
    jobs.jobs.delete("q000000");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await jobs.work(["q000000", "q000001"], 0);
  });
  expect(groupsOf(rollouts)).toEqual(["q000000", "q000001"]);
});

test("a group that fails is tried again, and one that fails in every worker ends the run with the reason", async () => {
  const source = await open();
  const fail = () => {
    for (const id of jobs.of("queued").filter((id) => id.startsWith("q000000"))) jobs.jobs.get(id)!.status = "failed";
  };
  const rollouts = await meanwhile(collect(source, 0), async () => {
    fail();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(notes).toEqual(["group q000000 failed in a worker and is tried again: no room on the device"]);
    await jobs.work(["q000000.1", "q000001"], 0);
  });
  expect(groupsOf(rollouts)).toEqual(["q000000", "q000001"]);
  const failing = setInterval(() => {
    for (const id of jobs.of("queued")) jobs.jobs.get(id)!.status = "failed";
  }, 10);
  await expect(collect(source, 1)).rejects.toMatchObject({
    code: "rollout_failed",
    message: expect.stringMatching(/failed 3 times in the workers: no room on the device; mend/),
  });
  clearInterval(failing);
});

test("an abort ends the waiting", async () => {
  const stop = new AbortController();
  const request = {
    ...{ seed: 1, step: 0, round: 0, groups: 1, groupSize: 1, sampling, record: {} },
    version: 0,
    offPolicy: 0,
  };
  const waiting = (await open()).collect(request, undefined, stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
});
