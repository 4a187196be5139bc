import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { lockForProcess } from "@cachalot/files";
import { AgentError } from "../errors.js";
import { makePrivateDirectory } from "../private-files.js";

/** Where durable workflows are kept: a PostgreSQL that several processes share, or one within this process. */
export interface WorkflowDatabase {
  url: string;
  /** Whether other processes may use it at the same time. */
  shared: boolean;
  /** What a person moves away to be rid of it: a folder, or nothing for a server. */
  home?: string;
  /** Connections that are of use. */
  poolSize: number;
  close(): Promise<void>;
}

/**
 * Opens the database of durable workflows.
 *
 * @param directory holds the embedded database; it is made when it is not there
 * @param url a PostgreSQL to use instead, `postgresql://…`
 * @throws AgentError `runs` when another process has the embedded database open, or it is damaged
 */
export async function openWorkflowDatabase(directory: string, url: string | undefined): Promise<WorkflowDatabase> {
  if (url !== undefined) return { url, shared: true, poolSize: 5, close: async () => {} };
  const home = resolve(directory, "database");
  await makePrivateDirectory(directory);
  await mkdir(home, { recursive: true, mode: 0o700 });
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
    const database = await openFiles(home, (path) => PGlite.create(path));
    const socket = await socketDirectory(home);
    const server = new PGLiteSocketServer({ db: database, path: join(socket, ".s.PGSQL.5432"), maxConnections: 8 });
    await server.start();
    return {
      url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(socket)}`,
      shared: false,
      home,
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

/**
 * Opens the embedded database's files. What a crash left of a first start is made anew; a database that was whole once is
 * never replaced by an empty one.
 */
async function openFiles<D>(home: string, open: (path: string) => Promise<D>): Promise<D> {
  const path = join(home, "pglite");
  const whole = join(home, "whole");
  const damaged = (reason: string, cause?: unknown) =>
    new AgentError(
      "runs",
      `The database of runs in ${path} is damaged (${reason}); put a copy back, or move ${home} away to begin with a new one: ` +
        "cachalot show still tells what its runs did",
      { cause },
    );
  if (existsSync(whole) && !existsSync(join(path, "PG_VERSION"))) throw damaged("PG_VERSION is missing");
  const files = await readdir(path).catch(() => []);
  let database: D;
  try {
    database = await open(path);
  } catch (error) {
    if (files.length === 0) throw error;
    // The reason is a line of WebAssembly's; all of it is in the cause.
    throw damaged(`it does not start: ${String(error instanceof Error ? error.message : error).split("\n")[0]}`, error);
  }
  if (!existsSync(whole)) await writeFile(whole, "");
  return database;
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
