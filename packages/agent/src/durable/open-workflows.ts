import { setTimeout as sleep } from "node:timers/promises";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { AgentError } from "../errors.js";
import type { Journal } from "../loop/journal.js";
import { type Executor, launchExecutor } from "./executor.js";
import { orAborted } from "./or-aborted.js";
import { rescueWorkflows } from "./rescue.js";
import { isWorkflowId, type Workflow, type WorkflowContext, type WorkflowStatus } from "./workflow.js";

export interface WorkflowsOptions {
  /** Holds the embedded database. Default ".cachalot". */
  directory?: string;
  /** A PostgreSQL to keep workflows in, `postgresql://…`. Default: one embedded in this process. */
  databaseUrl?: string;
  /**
   * Take workflows that were queued, and those of processes that died; so many at once. Default 0: this process works on
   * what it was told to start or resume.
   */
  workers?: number;
  /** The queue that workflows are left in, and taken from. Default "agent-runs". */
  queue?: string;
  /** A process whose heartbeat is missing so long is taken for dead, in milliseconds. Default 20,000. Only PostgreSQL. */
  leaseMs?: number;
  /** All that may be found in the database: by their names, unfinished ones are gone on with. */
  workflows: readonly Workflow<never, unknown>[];
}

/** The durable workflows of a process. */
export interface Workflows {
  /**
   * Begins one in this process, or leaves it to a worker (`queue`).
   * @throws AgentError `runs` for an id that is taken, or none
   */
  start<Input>(workflow: Workflow<Input>, id: string, input: Input, options?: { queue?: boolean }): Promise<void>;
  /**
   * Goes on with one that was left by a dead process or failed: finished steps are not run again.
   *
   * @param children ids of those it had started
   * @throws AgentError `runs` when there is none of this name, or a living process works on it
   */
  resume(id: string, children?: readonly string[]): Promise<void>;
  /** Waits for one. @throws what it failed with; AgentError `runs` when the database is lost */
  result<Output>(id: string): Promise<Output>;
  /**
   * Its result, however far it was: begun where there is none of this id, gone on with where it was left, waited for where
   * another process works on it.
   * @throws as `start` and `result`
   */
  once<Input, Output>(
    workflow: Workflow<Input, Output>,
    id: string,
    input: Input,
    options?: { queue?: boolean },
  ): Promise<Output>;
  status(id: string): Promise<WorkflowStatus | undefined>;
  /** Of those that there are. */
  statuses(ids: readonly string[]): Promise<Map<string, WorkflowStatus>>;
  /** Ends those that are queued, and those at work before their next step. */
  cancel(ids: readonly string[]): Promise<void>;
  /** What it was started with. */
  input<Input>(id: string): Promise<Input | undefined>;
  /**
   * Aborted when nothing can be recorded any more: the connection broke, the disk is full. Workflows at work here stand
   * still then; close, and open again to go on.
   */
  readonly lost: AbortSignal;
  /** Stops working and lets go of the database. Workflows that are not done can be resumed. */
  close(): Promise<void>;
}

const RESCUE_MS = 1000;

/**
 * Opens the durable workflows: DBOS, once per process, with every workflow that anyone has.
 *
 * @throws AgentError `runs` when they are open already, in this process or (embedded database) in another
 */
export async function openWorkflows(options: WorkflowsOptions): Promise<Workflows> {
  const { directory = ".cachalot", databaseUrl, workers = 0, queue = "agent-runs", leaseMs = 20_000 } = options;
  const { workflows } = options;
  if (DBOS.isInitialized()) throw new AgentError("runs", "Runs are open in this process already; close them first");
  const registry = new Registry(workflows);
  const executor = await launchExecutor({ directory, databaseUrl, workers, queue, leaseMs }).catch(
    async (error: unknown) => {
      // What was registered must not stand in the way of another attempt.
      await DBOS.shutdown({ deregister: true }).catch(() => {});
      throw error;
    },
  );
  registry.lost = executor.lost;
  const rescuing = workers > 0 ? rescueUntilLost(executor, workflows) : undefined;
  return new OpenWorkflows(registry, executor, rescuing);
}

/** The functions DBOS knows our workflows by. */
class Registry {
  readonly #functions = new Map<string, (input: unknown) => Promise<unknown>>();
  lost: AbortSignal = new AbortController().signal;

  constructor(workflows: readonly Workflow<never, unknown>[]) {
    for (const { name, run } of workflows) {
      const registered = DBOS.registerWorkflow(
        (input: unknown) => orStandStill(run(input as never, this.#context()), this.lost),
        // A workflow that is killed again and again is still the user's to end.
        { name, maxRecoveryAttempts: 1_000_000 },
      );
      this.#functions.set(name, registered);
    }
  }

  function({ name }: Workflow<never>): (input: unknown) => Promise<unknown> {
    const found = this.#functions.get(name);
    if (found === undefined)
      throw new AgentError("runs", `The workflow ${name} is not registered; open it with the others`);
    return found;
  }

  #context(): WorkflowContext {
    return {
      id: DBOS.workflowID ?? "",
      journal: journalUntil(this.lost),
      start: async <Input, Output>(workflow: Workflow<Input, Output>, id: string, input: Input) => {
        const handle = await DBOS.startWorkflow(this.function(workflow), { workflowID: id })(input);
        return () => handle.getResult() as Promise<Output>;
      },
    };
  }
}

const never = new Promise<never>(() => {});

/**
 * The outcome, unless the database was lost meanwhile: what comes after that is nobody's, as another process may go on
 * with the workflow, and DBOS must not hear of it.
 */
async function orStandStill<T>(work: Promise<T>, lost: AbortSignal): Promise<T> {
  await work.catch(() => {});
  return lost.aborted ? never : work;
}

/** Records steps in the database. When it is lost the steps at work fail, and no later one is recorded. */
const journalUntil = (lost: AbortSignal): Journal => ({
  async step(name, work) {
    let replayed = true;
    const begun = DBOS.runStep(
      () => {
        replayed = false;
        return orStandStill(work(), lost);
      },
      { name },
    );
    const value = await orAborted(begun, lost);
    return { value, replayed };
  },
});

/** Looks for workflows whose processes died, as long as the database is there. */
async function rescueUntilLost(executor: Executor, workflows: readonly Workflow<never, unknown>[]): Promise<void> {
  const unattended = new Map(workflows.map(({ name, unattended = () => true }) => [name, unattended]));
  const wanted = ({ name, input }: { name: string; input: unknown }) => unattended.get(name)?.(input as never) ?? false;
  while (!executor.lost.aborted && DBOS.isInitialized()) {
    // What fails now is tried again; a database that is gone is told by the lease.
    await rescueWorkflows(executor, { wanted, queueName: executor.queue }).catch(() => {});
    for (let waited = 0; waited < RESCUE_MS && DBOS.isInitialized(); waited += 50) await sleep(50);
  }
}

class OpenWorkflows implements Workflows {
  constructor(
    private readonly registry: Registry,
    private readonly executor: Executor,
    private readonly rescuing: Promise<void> | undefined,
  ) {}

  get lost(): AbortSignal {
    return this.executor.lost;
  }

  async start<Input>(workflow: Workflow<Input>, id: string, input: Input, { queue = false } = {}): Promise<void> {
    if (!isWorkflowId(id)) {
      throw new AgentError(
        "runs",
        `${JSON.stringify(id)} is no name for a run; use letters, digits, ., _ and -, at most 128`,
      );
    }
    const taken = () => new AgentError("runs", `There is a run ${id} already; give another name, or resume that one`);
    if ((await DBOS.getWorkflowStatus(id)) !== null) throw taken();
    await orAborted(
      DBOS.startWorkflow(this.registry.function(workflow), {
        workflowID: id,
        ...(queue ? { queueName: this.executor.queue } : {}),
      })(input),
      this.lost,
    );
  }

  async resume(id: string, children: readonly string[] = []): Promise<void> {
    const status = (await DBOS.getWorkflowStatus(id))?.status;
    if (status === undefined)
      throw new AgentError("runs", `There is no run ${id} here; cachalot runs lists those that are`);
    if (status === "SUCCESS") return;
    if (status === "ERROR" || status === "CANCELLED" || status === "MAX_RECOVERY_ATTEMPTS_EXCEEDED") {
      await rewind(id);
      return;
    }
    const ids = new Set([id, ...children]);
    await rescueWorkflows(this.executor, { wanted: (workflow) => ids.has(workflow.id) });
    const now = await DBOS.getWorkflowStatus(id);
    if (now?.status === "PENDING" && now.executorId !== this.executor.id)
      throw new AgentError("runs", `A living process works on ${id}; wait for it`);
  }

  result<Output>(id: string): Promise<Output> {
    return orAborted(DBOS.retrieveWorkflow<Output>(id).getResult(), this.lost);
  }

  async once<Input, Output>(
    workflow: Workflow<Input, Output>,
    id: string,
    input: Input,
    options: { queue?: boolean } = {},
  ): Promise<Output> {
    const status = await this.status(id);
    if (status === undefined) await this.start(workflow, id, input, options);
    else if (status === "working" || status === "failed") {
      // Another living process works on it: its result is waited for.
      await this.resume(id).catch((error: Error) => {
        if (!/living process/.test(error.message)) throw error;
      });
    }
    return this.result<Output>(id);
  }

  async status(id: string): Promise<WorkflowStatus | undefined> {
    const status = (await DBOS.getWorkflowStatus(id))?.status;
    return status === undefined ? undefined : statusOf(status);
  }

  async statuses(ids: readonly string[]): Promise<Map<string, WorkflowStatus>> {
    if (ids.length === 0) return new Map();
    const listed = DBOS.listWorkflows({ workflowIDs: [...ids], loadInput: false, loadOutput: false });
    const found = await orAborted(listed, this.lost);
    return new Map(found.map(({ workflowID, status }) => [workflowID, statusOf(status)]));
  }

  async cancel(ids: readonly string[]): Promise<void> {
    for (const id of ids) await orAborted(DBOS.cancelWorkflow(id), this.lost);
  }

  async input<Input>(id: string): Promise<Input | undefined> {
    return (await DBOS.getWorkflowStatus(id))?.input?.[0] as Input | undefined;
  }

  async close(): Promise<void> {
    await this.executor.close();
    await this.rescuing;
  }
}

function statusOf(status: string): WorkflowStatus {
  if (status === "SUCCESS") return "done";
  if (status === "ENQUEUED" || status === "DELAYED") return "queued";
  return status === "PENDING" ? "working" : "failed";
}

/** Drops the step that failed and all after it, so that it is run again. */
async function rewind(id: string): Promise<void> {
  const steps = (await DBOS.listWorkflowSteps(id)) ?? [];
  const failed = steps.find(({ error }) => error != null);
  const startStep = failed?.functionID ?? steps.reduce((next, { functionID }) => Math.max(next, functionID + 1), 0);
  if (failed?.childWorkflowID) await rewind(failed.childWorkflowID);
  await DBOS.rewindWorkflow(id, { startStep });
}
