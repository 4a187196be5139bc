import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { AgentError } from "../errors.js";
import { type ExecutorLease, holdLease } from "./executor-lease.js";
import { openWorkflowDatabase, type WorkflowDatabase } from "./workflow-database.js";

export interface ExecutorOptions {
  directory: string;
  databaseUrl: string | undefined;
  /** Work on queued workflows, and on those of processes that died: so many at once. */
  workers: number;
  /** What they are taken from. */
  queue: string;
  leaseMs: number;
}

/** This process as one that works on durable workflows: the database, its lease, and DBOS launched on both. */
export interface Executor {
  readonly id: string;
  readonly queue: string;
  /** Only where other processes share the database. */
  readonly lease: ExecutorLease | undefined;
  /** Aborted, with an `AgentError` as the reason, when nothing can be recorded any more. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

/** How often DBOS may try to write to a database before it is called lost: about ten seconds. */
const WRITE_ATTEMPTS = 4;

const ignore = (): void => {};

/** DBOS tells of a write that fails in a log line alone, and tries it for ever. */
function writeWatcher(failed: (reason: string) => void) {
  const warn = (entry: unknown): void => {
    const [, reason, attempt] =
      /^Database connection failed: (.*)\. Retrying in .*\(attempt (\d+)\)/s.exec(`${entry}`) ?? [];
    if (reason !== undefined && Number(attempt) >= WRITE_ATTEMPTS) failed(reason);
  };
  return { debug: ignore, info: ignore, warn, error: ignore };
}

/**
 * Launches DBOS, for which all workflows must be registered.
 * @throws AgentError `runs` when the database cannot be used
 */
export async function launchExecutor(options: ExecutorOptions): Promise<Executor> {
  const { directory, databaseUrl, workers, queue, leaseMs } = options;
  const database = await openWorkflowDatabase(directory, databaseUrl);
  const id = randomUUID();
  const lost = new AbortController();
  // Every step at work listens.
  setMaxListeners(0, lost.signal);
  const lose = (what: string): void => {
    const message = `${what}; what was recorded is kept, and cachalot resume goes on with it`;
    if (!lost.signal.aborted) lost.abort(new AgentError("runs", message));
  };
  let lease: ExecutorLease | undefined;
  const close = async () => {
    await DBOS.shutdown({ deregister: true }).catch(ignore);
    await lease?.close();
    await database.close();
  };
  try {
    if (database.shared) {
      lease = await holdLease(database.url, id, leaseMs, ({ message }) =>
        lose(`The connection to the database of runs was lost (${message})`),
      );
    }
    DBOS.setConfig({
      name: "cachalot",
      systemDatabaseUrl: database.url,
      systemDatabasePoolSize: database.poolSize,
      useListenNotify: false,
      // What goes wrong in a workflow is thrown by its result.
      logger: writeWatcher((reason) =>
        lose(`Nothing can be written to the database of runs (${reason}); make room on its disk`),
      ),
      executorID: id,
      // Workflows outlive releases; what their steps are called is kept stable instead.
      applicationVersion: "agent-runs-1",
      listenQueues: workers > 0 ? [queue] : [],
    });
    // A new database gets its tables, which only one process can make.
    await (lease ? lease.alone("launch", () => DBOS.launch()) : DBOS.launch());
    if (workers > 0) await DBOS.registerQueue(queue, { workerConcurrency: workers, minPollingIntervalMs: 200 });
    return { id, queue, lease, lost: lost.signal, close };
  } catch (error) {
    await close();
    throw unusable(error, database);
  }
}

function unusable(error: unknown, { shared, home }: WorkflowDatabase): AgentError {
  const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
  const fix = shared ? "check DATABASE_URL, and that it is up" : `move ${home} away to begin with a new one`;
  return new AgentError("runs", `The database of runs cannot be used: ${reason}; ${fix}`, { cause: error });
}
