import { randomBytes, randomUUID } from "node:crypto";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { fewestSteps } from "../context/fewest-steps.js";
import { AgentError } from "../errors.js";
import type { AgentEvent } from "../loop/events.js";
import type { Journal } from "../loop/journal.js";
import { type ExecutorLease, holdLease } from "./executor-lease.js";
import { openRunDatabase } from "./run-database.js";
import type { RunOutcome, RunSpec, SetUp } from "./run-spec.js";
import { type KeptRun, workOnRun } from "./work-on-run.js";

export interface RunsOptions {
  /** Holds the traces, and the embedded database. Default ".cachalot". */
  directory?: string;
  /** A PostgreSQL to keep runs in, `postgresql://…`. Default: one embedded in this process. */
  databaseUrl?: string;
  setUp: SetUp;
  /**
   * Take runs that were queued, and those of processes that died; so many at once. Default 0: this process works on what it
   * was told to start or resume.
   */
  workers?: number;
  /** Called for everything that happens in the runs at work here. */
  onEvent?: (runId: string, event: AgentEvent) => void;
}

/** `queued`, `working` (or left so by a process that died), `done`, `failed`: broke off with an error. */
export type RunStatus = "queued" | "working" | "done" | "failed";

export interface AgentRuns {
  /** Begins a run in this process. @returns its id */
  start(spec: RunSpec, options?: { runId?: string }): Promise<string>;
  /** Leaves a run to a worker. @returns its id */
  enqueue(spec: RunSpec, options?: { runId?: string }): Promise<string>;
  /**
   * Goes on with a run that was left by a dead process or failed: finished steps are not run again.
   * @throws AgentError `runs` when there is none of this name, or a living process works on it
   */
  resume(runId: string): Promise<void>;
  /** Waits for a run. @throws what it failed with */
  result(runId: string): Promise<RunOutcome>;
  status(runId: string): Promise<RunStatus | undefined>;
  /** Stops working and lets go of the database. Runs that are not done can be resumed. */
  close(): Promise<void>;
}

const QUEUE = "agent-runs";
const RESCUE_MS = 1000;

const ignore = (): void => {};
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Sorts by time, and can be told on the telephone. */
export const createRunId = (): string =>
  `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${randomBytes(2).toString("hex")}`;

const journal: Journal = {
  async step(name, work) {
    let replayed = true;
    const value = await DBOS.runStep(
      () => {
        replayed = false;
        return work();
      },
      { name },
    );
    return { value, replayed };
  },
};

/**
 * Opens the durable runs: each is a workflow of which every model call and every tool call is a step. One per process.
 *
 * @throws AgentError `runs` when they are open already, in this process or (embedded database) in another
 */
export async function openRuns(options: RunsOptions): Promise<AgentRuns> {
  const { directory = ".cachalot", databaseUrl, setUp, workers = 0, onEvent = () => {} } = options;
  if (DBOS.isInitialized()) throw new AgentError("runs", "Runs are open in this process already; close them first");
  const database = await openRunDatabase(directory, databaseUrl);
  const executorId = randomUUID();
  let lease: ExecutorLease | undefined;

  const single = async (run: KeptRun): Promise<RunOutcome> =>
    workOnRun(run, directory, setUp, journal, (event) => onEvent(run.runId, event));
  const singleWorkflow = DBOS.registerWorkflow(single, { name: "agent-run", maxRecoveryAttempts: 1_000_000 });
  const parallel = async ({ runId, spec, createdAt }: KeptRun): Promise<RunOutcome> => {
    const { trajectories = 1, ...rest } = spec;
    const handles = [];
    for (let i = 0; i < trajectories; i++) {
      const seed = rest.sampling?.seed;
      const own = seed === undefined ? rest : { ...rest, sampling: { ...rest.sampling, seed: seed + i } };
      const run = { runId: `${runId}.${i}`, spec: own, createdAt };
      handles.push(await DBOS.startWorkflow(singleWorkflow, { workflowID: run.runId })(run));
    }
    const results: RunOutcome[] = [];
    for (const handle of handles) results.push(await handle.getResult());
    return results[fewestSteps(results)]!;
  };
  const parallelWorkflow = DBOS.registerWorkflow(parallel, { name: "agent-runs", maxRecoveryAttempts: 1_000_000 });
  const workflowOf = ({ trajectories = 1 }: RunSpec) => (trajectories > 1 ? parallelWorkflow : singleWorkflow);

  try {
    if (database.shared) {
      lease = await holdLease(database.url, executorId, (error) => {
        process.stderr.write(`The connection to the database of runs was lost: ${error.message}\n`);
        process.exit(70);
      });
    }
    DBOS.setConfig({
      name: "cachalot",
      systemDatabaseUrl: database.url,
      systemDatabasePoolSize: database.poolSize,
      useListenNotify: false,
      // What goes wrong in a run is thrown by `result` and kept in its trace.
      logger: SILENT,
      executorID: executorId,
      // Runs outlive releases; what their steps are called is kept stable instead.
      applicationVersion: "agent-runs-1",
      listenQueues: workers > 0 ? [QUEUE] : [],
    });
    // A new database gets its tables, which only one process can make.
    await (lease ? lease.alone("launch", () => DBOS.launch()) : DBOS.launch());
    if (workers > 0) await DBOS.registerQueue(QUEUE, { workerConcurrency: workers, minPollingIntervalMs: 200 });
  } catch (error) {
    await DBOS.shutdown({ deregister: true }).catch(() => {});
    await lease?.close();
    await database.close();
    if (!database.shared) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AgentError(
      "runs",
      `The database of runs cannot be used: ${reason}; check DATABASE_URL, and that it is up`,
    );
  }

  /** Puts the runs that dead processes left back into a queue. */
  async function rescue(ids: { prefix?: string }, queueName: string | undefined): Promise<void> {
    const pending = await DBOS.listWorkflows({
      status: "PENDING",
      ...(ids.prefix === undefined ? {} : { workflow_id_prefix: ids.prefix }),
      loadInput: false,
      loadOutput: false,
    });
    for (const executor of new Set(pending.map(({ executorId }) => executorId ?? ""))) {
      if (executor === executorId) continue;
      const resumeAll = async () => {
        // Listed again: what another process took over before this one had the lock is that one's.
        const left = await DBOS.listWorkflows({ status: "PENDING", executorId: executor, loadInput: false });
        const mine = left.filter(({ workflowID }) => ids.prefix === undefined || workflowID.startsWith(ids.prefix));
        await DBOS.resumeWorkflows(
          mine.map(({ workflowID }) => workflowID),
          queueName ? { queueName } : {},
        );
      };
      if (lease === undefined) await resumeAll();
      else await lease.ifDead(executor, resumeAll);
    }
  }

  let closed = false;
  const rescuing = (async () => {
    while (workers > 0 && !closed) {
      await rescue({}, QUEUE).catch((error: Error) =>
        process.stderr.write(`Looking for lost runs: ${error.message}\n`),
      );
      for (let waited = 0; waited < RESCUE_MS && !closed; waited += 50) await new Promise((go) => setTimeout(go, 50));
    }
  })();

  const statusOf = async (runId: string) => (await DBOS.getWorkflowStatus(runId))?.status;

  /** Drops the step that failed and all after it, so that it is run again. */
  async function rewind(runId: string): Promise<void> {
    const steps = (await DBOS.listWorkflowSteps(runId)) ?? [];
    const failed = steps.find(({ error }) => error != null);
    const startStep = failed?.functionID ?? steps.reduce((next, { functionID }) => Math.max(next, functionID + 1), 0);
    if (failed?.childWorkflowID) await rewind(failed.childWorkflowID);
    await DBOS.rewindWorkflow(runId, { startStep });
  }

  return {
    async start(spec, { runId = createRunId() } = {}) {
      await DBOS.startWorkflow(workflowOf(spec), { workflowID: runId })({ runId, spec, createdAt: Date.now() });
      return runId;
    },
    async enqueue(spec, { runId = createRunId() } = {}) {
      const run = { runId, spec, createdAt: Date.now() };
      await DBOS.startWorkflow(workflowOf(spec), { workflowID: runId, queueName: QUEUE })(run);
      return runId;
    },
    async resume(runId) {
      const status = await statusOf(runId);
      if (status === undefined)
        throw new AgentError("runs", `There is no run ${runId} here; cachalot runs lists those that are`);
      if (status === "SUCCESS") return;
      if (status === "ERROR" || status === "CANCELLED" || status === "MAX_RECOVERY_ATTEMPTS_EXCEEDED") {
        await rewind(runId);
        return;
      }
      await rescue({ prefix: runId }, undefined);
      if (status === "PENDING" && (await statusOf(runId)) === "PENDING") {
        const { executorId: worker } = (await DBOS.getWorkflowStatus(runId)) ?? {};
        if (worker !== executorId) throw new AgentError("runs", `A living process works on ${runId}; wait for it`);
      }
    },
    result: (runId) => DBOS.retrieveWorkflow<RunOutcome>(runId).getResult(),
    async status(runId) {
      const status = await statusOf(runId);
      if (status === undefined) return undefined;
      if (status === "SUCCESS") return "done";
      if (status === "ENQUEUED" || status === "DELAYED") return "queued";
      return status === "PENDING" ? "working" : "failed";
    },
    async close() {
      closed = true;
      await rescuing;
      await DBOS.shutdown({ deregister: true });
      await lease?.close();
      await database.close();
    },
  };
}
