/** The trainer's side of rollout workers: groups as durable workflows in the PostgreSQL at DATABASE_URL. */

import { openWorkflows } from "@cachalot/agent";
import {
  createQueuedSource,
  FinishedGroups,
  type FinishedJob,
  type JobQueue,
  makeQueueId,
  type QueuedRolloutSource,
  queueName,
  removeQueue,
  rolloutWorkflow,
} from "@cachalot/environments";
import { removeWeights, type SourceUse } from "@cachalot/training";
import { databaseUrl } from "../agent/run-here.js";

export interface RolloutQueue {
  sourceFor(tasks: unknown, use: SourceUse): Promise<QueuedRolloutSource>;
  close(complete: boolean): Promise<void>;
}

/** @throws AgentError `runs` where the database cannot be used */
export async function openRolloutQueue(runDir: string): Promise<RolloutQueue> {
  const runId = await makeQueueId(runDir);
  // This process puts groups into the queue and takes none.
  const workflow = { ...rolloutWorkflow, run: () => Promise.reject(new Error("the trainer makes no rollouts")) };
  const workflows = await openWorkflows({ ...databaseUrl(), workflows: [workflow], queue: queueName(runId) });
  const queueOf = (stage: string): JobQueue => {
    const prefix = `${runId}.${stage}.`;
    const named = (ids: readonly string[]) => ids.map((id) => prefix + id);
    return {
      async put(id, job) {
        if ((await workflows.status(prefix + id)) !== undefined) return;
        await workflows.start(workflow, prefix + id, job as never, { queue: true });
      },
      async statuses(ids) {
        const found = await workflows.statuses(named(ids));
        return new Map([...found].map(([id, status]) => [id.slice(prefix.length), status]));
      },
      result: (id) => workflows.result<FinishedJob>(prefix + id),
      cancel: (ids) => workflows.cancel(named(ids)),
    };
  };
  return {
    async sourceFor(tasks, { note, ...use }) {
      const finished = new FinishedGroups(runDir, use.stage);
      await finished.open();
      const { runDir: _, ...policy } = use;
      const startWorkers = `cachalot worker --rollouts ${runDir}`;
      return createQueuedSource(tasks, { queue: queueOf(use.stage), finished, policy, note, startWorkers });
    },
    async close(complete) {
      await workflows.close();
      if (!complete) return;
      await removeQueue(runDir);
      await removeWeights(runDir);
    },
  };
}
