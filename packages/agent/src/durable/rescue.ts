/** Failover: workflows that dead processes left pending are taken over by living ones. */

import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Executor } from "./executor.js";

interface RescueOptions {
  /** Only these. */
  wanted(workflow: { id: string; name: string; input: unknown }): boolean;
  /** Put them into this queue; without one this process works on them at once. */
  queueName?: string;
}

/** Goes on with the wanted workflows that other processes, which are dead or frozen, had begun. */
export async function rescueWorkflows({ id, lease }: Executor, { wanted, queueName }: RescueOptions): Promise<void> {
  const pendingOf = async (executorId?: string) =>
    (await DBOS.listWorkflows({ status: "PENDING", ...(executorId ? { executorId } : {}), loadOutput: false })).filter(
      ({ workflowID, workflowName, input }) =>
        wanted({ id: workflowID, name: workflowName, input: Array.isArray(input) ? input[0] : undefined }),
    );
  for (const executor of new Set((await pendingOf()).map(({ executorId = "" }) => executorId))) {
    if (executor === id) continue;
    const resumeAll = async () => {
      // Listed again: what another process took over before this one had the lock is that one's.
      const left = await pendingOf(executor);
      await DBOS.resumeWorkflows(
        left.map(({ workflowID }) => workflowID),
        queueName === undefined ? {} : { queueName },
      );
    };
    if (lease === undefined) await resumeAll();
    else await lease.ifDead(executor, resumeAll);
  }
}
