import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/**
 * Tells which processes that share a PostgreSQL are alive. Each holds an advisory lock under its name as long as its
 * connection lasts, and the server lets go of it when the process dies, however it dies.
 */
export interface ExecutorLease {
  /** Runs `rescue` if the process is dead, while no other process can do the same. */
  ifDead(executorId: string, rescue: () => Promise<void>): Promise<boolean>;
  /** Runs `work` while no other process is in a work of this name. */
  alone(name: string, work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Any number will do that nobody else uses for advisory locks in this database. */
const LOCK_CLASS = 0x63616368;

/** @param lost called when the connection breaks: others may take this process for dead then */
export async function holdLease(url: string, executorId: string, lost: (error: Error) => void): Promise<ExecutorLease> {
  const client = new pg.Client({ connectionString: url, keepAlive: true });
  let closing = false;
  client.on("error", (error) => {
    if (!closing) lost(error);
  });
  await client.connect();
  const locks = (call: string, id: string) =>
    client.query<{ done: boolean }>(`SELECT ${call}($1, hashtext($2)) AS done`, [LOCK_CLASS, id]);
  await locks("pg_advisory_lock", executorId);
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
    ifDead: async (id, rescue) => id !== executorId && (await ifFree(id, rescue)),
    async alone(name, work) {
      // Not a lock that waits: an index that is built concurrently would wait for its transaction, and it for the index.
      while (!(await ifFree(name, work))) await sleep(200);
    },
    async close() {
      closing = true;
      await client.end();
    },
  };
}
