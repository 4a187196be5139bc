/** A rollout worker: groups of a training's rollouts, by the newest of its weights, until the training is done. */

import { setTimeout as sleep } from "node:timers/promises";
import { openWorkflows } from "@cachalot/agent";
import { queueIdOf, queueName, rolloutWorkflowOf } from "@cachalot/environments";
import type { DeviceName } from "@cachalot/tensor";
import { databaseUrl } from "../agent/run-here.js";
import { keepWorking } from "../keep-working.js";
import { err } from "../terminal/output.js";
import { newestPolicy } from "./newest-policy.js";

export interface RolloutWorkerOptions {
  concurrency: number;
  device?: DeviceName;
}

const POLL_MS = 1000;

/**
 * @param runDir the run, as this machine sees it
 * @throws AgentError `runs` where the database cannot be used
 */
export async function workOnRollouts(
  stopped: AbortSignal,
  runDir: string,
  { concurrency, device }: RolloutWorkerOptions,
): Promise<void> {
  const id = await beginningOf(runDir, stopped);
  if (id === undefined) return;
  const policy = newestPolicy(runDir, device);
  const over = whenOver(runDir, id, stopped);
  try {
    await keepWorking(AbortSignal.any([stopped, over]), "rollouts", () =>
      openWorkflows({
        ...databaseUrl(),
        queue: queueName(id),
        workers: concurrency,
        workflows: [rolloutWorkflowOf(runDir, policy.withPolicy)],
      }),
    );
    if (over.aborted) err.print(`The training in ${runDir} needs no more rollouts.\n`);
  } finally {
    await policy.close();
  }
}

/** The run's name in the queue, when the training has come to its rollouts; undefined where the worker is stopped before. */
async function beginningOf(runDir: string, stopped: AbortSignal): Promise<string | undefined> {
  for (let told = false; !stopped.aborted; told = true) {
    const id = await queueIdOf(runDir);
    if (id !== undefined) return id;
    if (!told) err.print(`Waiting for cachalot train --workers to begin its rollouts in ${runDir}.\n`);
    await sleep(POLL_MS, undefined, { signal: stopped }).catch(() => {});
  }
  return undefined;
}

/** Aborts when the run is over. */
function whenOver(runDir: string, id: string, stopped: AbortSignal): AbortSignal {
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stopped.aborted && (await queueIdOf(runDir)) === id)
      await sleep(POLL_MS, undefined, { signal: stopped }).catch(() => {});
    if (!stopped.aborted) over.abort();
  };
  void watch();
  return over.signal;
}
