import { createHash } from "node:crypto";
import { chmod, mkdir, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { AgentError } from "../errors.js";
import { lockForProcess } from "./process-lock.js";

/** Where runs are kept: a PostgreSQL that several processes share, or one within this process. */
export interface RunDatabase {
  url: string;
  /** Whether other processes may use it at the same time. */
  shared: boolean;
  /** Connections that are of use. */
  poolSize: number;
  close(): Promise<void>;
}

/**
 * Opens the database of runs.
 *
 * @param directory holds the embedded database; it is made when it is not there
 * @param url a PostgreSQL to use instead, `postgresql://…`
 * @throws AgentError `runs` when another process has the embedded database open
 */
export async function openRunDatabase(directory: string, url: string | undefined): Promise<RunDatabase> {
  if (url !== undefined) return { url, shared: true, poolSize: 5, close: async () => {} };
  const home = resolve(directory, "database");
  await mkdir(home, { recursive: true });
  const lock = await lockForProcess(join(home, "lock"));
  if ("heldBy" in lock) {
    throw new AgentError(
      "runs",
      `Process ${lock.heldBy} has ${home} open; wait for it, use another directory, or set DATABASE_URL to a PostgreSQL ` +
        "that processes can share",
    );
  }
  try {
    const { PGlite } = await import("@electric-sql/pglite");
    const { PGLiteSocketServer } = await import("@electric-sql/pglite-socket");
    const database = await PGlite.create(join(home, "pglite"));
    const socket = await socketDirectory(home);
    const server = new PGLiteSocketServer({ db: database, path: join(socket, ".s.PGSQL.5432"), maxConnections: 8 });
    await server.start();
    return {
      url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(socket)}`,
      shared: false,
      poolSize: 1,
      async close() {
        await server.stop();
        await database.close();
        await rm(socket, { recursive: true, force: true });
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A directory for the socket that nobody else can enter: the database asks for no password. Socket paths are short. */
async function socketDirectory(home: string): Promise<string> {
  const name = createHash("sha256").update(home).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `cachalot-${userInfo().uid}-${name}`);
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  await chmod(path, 0o700);
  return path;
}
