import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/**
 * A lease that tells which processes that share a PostgreSQL are at work. Each holds an advisory lock under its name as
 * long as its connection lasts: the server lets go of it when the process dies, however it dies. And each sends a
 * heartbeat over it: a process that is frozen, or whose machine is gone without a word, keeps its connection, and others
 * end it when the heartbeat has been missing for `leaseMs`.
 */
export interface ExecutorLease {
  /** Runs `rescue` if the process is dead or frozen, while no other process can do the same. */
  ifDead(executorId: string, rescue: () => Promise<void>): Promise<boolean>;
  /** Runs `work` while no other process is in a work of this name. */
  alone(name: string, work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Any number will do that nobody else uses for advisory locks in this database. */
const LOCK_CLASS = 0x63616368;

/** Ends the connection that holds a lock and whose heartbeat is too old. The server's clock measures both. */
const END_FROZEN = `
  SELECT pg_terminate_backend(lock.pid)
  FROM pg_locks lock JOIN pg_stat_activity holder ON holder.pid = lock.pid
  WHERE lock.locktype = 'advisory' AND lock.granted AND lock.classid::bigint = $1
    AND lock.objid::bigint = (hashtext($2)::bigint & 4294967295)
    AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND clock_timestamp() - holder.state_change > $3::float8 * interval '1 millisecond'`;

/**
 * @param leaseMs how long a heartbeat may be missing before others take this process for dead
 * @param lost called when the connection breaks: others may take this process for dead then
 */
export async function holdLease(
  url: string,
  executorId: string,
  leaseMs: number,
  lost: (error: Error) => void,
): Promise<ExecutorLease> {
  const client = new pg.Client({ connectionString: url, keepAlive: true });
  let closing = false;
  client.on("error", (error) => {
    if (!closing) lost(error);
  });
  await client.connect();
  const locks = (call: string, id: string) =>
    client.query<{ done: boolean }>(`SELECT ${call}($1, hashtext($2)) AS done`, [LOCK_CLASS, id]);
  await locks("pg_advisory_lock", executorId);
  const heartbeat = setInterval(() => void client.query("SELECT 1").catch(() => {}), leaseMs / 4);

  async function ifFree(id: string, work: () => Promise<void>): Promise<boolean> {
    const { rows } = await locks("pg_try_advisory_lock", id);
    if (!rows[0]?.done) return false;
    try {
      await work();
    } finally {
      await locks("pg_advisory_unlock", id);
    }
    return true;
  }

  return {
    async ifDead(id, rescue) {
      if (id === executorId) return false;
      if (await ifFree(id, rescue)) return true;
      const { rowCount } = await client.query(END_FROZEN, [LOCK_CLASS, id, leaseMs]);
      return rowCount === 0 ? false : await ifFree(id, rescue);
    },
    async alone(name, work) {
      // Not a lock that waits: an index that is built concurrently would wait for its transaction, and it for the index.
      while (!(await ifFree(name, work))) await sleep(200);
    },
    async close() {
      closing = true;
      clearInterval(heartbeat);
      await client.end().catch(() => {});
    },
  };
}
