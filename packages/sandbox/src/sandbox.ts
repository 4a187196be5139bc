import { type Connection, connect } from "./connection.js";
import { SandboxError } from "./errors.js";
import { type SandboxLimits, sandboxLimits } from "./limits.js";
import { MAX_FILE_BYTES } from "./protocol.js";
import { type CommandOptions, type CommandResult, runCommand } from "./run-command.js";
import { wellFormed } from "./workspace/path-bytes.js";
import type { WorkspaceSnapshot } from "./workspace/snapshot.js";
import { captureWorkspace, fillWorkspace, type SavedWorkspace } from "./workspace/transfer.js";
import { LATEST, type WorkspaceStore } from "./workspace/workspace-store.js";

export interface SandboxOptions {
  /** Every start, the first and those after a loss or `restart`, fills /work with this store's snapshot `latest`. */
  workspace?: WorkspaceStore;
  /** Names in / that lead to folders of the same names in /work, as containers have them: `["app"]` makes /app of /work/app. */
  folders?: readonly string[];
}

/**
 * A place where untrusted programs run: no network, nothing of this machine but /usr to read, bounded memory, processes,
 * disk, time and output. Its own files are /work and /tmp; they live as long as it does.
 */
export interface Sandbox {
  readonly limits: SandboxLimits;
  /**
   * Runs a command of its own process to its end.
   *
   * @param command bash text, or a program and its arguments
   * @throws SandboxError `sandbox_file` for a bad path in `files`, `sandbox_closed` after `close`
   */
  run(command: string | readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** @throws SandboxError `sandbox_file` for a path outside of /work and /tmp, or where there is no room */
  put(path: string, data: string | Buffer): Promise<void>;
  /** @throws SandboxError `sandbox_file` for what is no regular file inside /work or /tmp, or more than 16 MiB */
  get(path: string): Promise<Buffer>;
  /** @throws SandboxError `sandbox_file` when there is no such path */
  stat(path: string): Promise<{ directory: boolean; size: number }>;
  /**
   * Names below a directory, as well-formed text, those of directories with a trailing slash. Directories whose name
   * begins with a dot are named, but what is in them is not. `limit` cuts the list; default 1000.
   */
  list(path: string, options?: { depth?: number; limit?: number }): Promise<string[]>;
  /**
   * Reads /work into a store. Only what changed since the last time is read, only content the store has not is moved.
   *
   * @throws SandboxError `workspace` when it holds too much or the store cannot be written, `sandbox_closed`
   */
  capture(store: WorkspaceStore): Promise<SavedWorkspace>;
  /** Fills an empty /work with a snapshot. @throws SandboxError `workspace` for a damaged store, `sandbox_file` without room */
  fill(store: WorkspaceStore, snapshot: WorkspaceSnapshot): Promise<void>;
  /** Whether /work is back, as the store has it, when a lost sandbox is started again. */
  readonly restoresWorkspace: boolean;
  /**
   * The live connection, for programs that stay (interpreters). Where the last one was lost, a new sandbox is started:
   * empty, or with the workspace.
   */
  connection(): Promise<Connection>;
  /** Kills everything inside; the next use starts with an empty /tmp, and /work empty or as the workspace has it. */
  restart(): Promise<void>;
  /** Kills everything inside. When it resolves no process, file or mount is left. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const EMPTY = "The sandbox had ended; this is a new, empty one.";
const RESTORED = "The sandbox had ended; this is a new one, with /work as it was last saved.";

async function start(limits: SandboxLimits, { workspace, folders = [] }: SandboxOptions): Promise<Connection> {
  const connection = await connect(limits, folders);
  try {
    const snapshot = await workspace?.load(LATEST);
    if (workspace && snapshot) await fillWorkspace(connection, workspace, snapshot);
    return connection;
  } catch (error) {
    await connection.destroy("its workspace could not be put back");
    if (!(error instanceof SandboxError) || error.code !== "sandbox_file") throw error;
    const message = `The workspace does not fit into /work of ${limits.workMiB} MiB (${error.message}); raise workMiB, or leave something out`;
    throw new SandboxError("workspace", message, { cause: error });
  }
}

/**
 * Starts a sandbox with bubblewrap.
 *
 * @throws SandboxError `sandbox_unavailable` where none can be had, with the reason and what to install; `invalid_limit`, also
 *   for a folder that cannot be
 */
export async function createSandbox(
  options: Partial<SandboxLimits> = {},
  world: SandboxOptions = {},
): Promise<Sandbox> {
  const { workspace, folders = [] } = world;
  const limits = sandboxLimits(options);
  checkFolders(folders);
  let current: Promise<Connection> = start(limits, world);
  let closed = false;
  await current;

  async function connection(): Promise<Connection> {
    if (closed) throw new SandboxError("sandbox_closed", "The sandbox is closed; create another");
    const before = current;
    if (
      (await before.then(
        ({ alive }) => alive,
        () => false,
      )) === false &&
      current === before
    )
      current = start(limits, world);
    return current;
  }

  const sandbox: Sandbox = {
    limits,
    connection,
    async run(command, runOptions = {}) {
      const before = current;
      const live = await connection();
      const lost = before === current ? [] : [workspace ? RESTORED : EMPTY];
      const result = await runCommand(live, command, runOptions, limits);
      return { ...result, notices: [...lost, ...result.notices] };
    },
    async put(path, data) {
      await (await connection()).request({ op: "put", path, data: Buffer.from(data).toString("base64") });
    },
    async get(path) {
      const { data } = await (await connection()).request({ op: "get", path, limit: MAX_FILE_BYTES });
      return data ?? Buffer.alloc(0);
    },
    async stat(path) {
      const { directory = false, size = 0 } = await (await connection()).request({ op: "stat", path });
      return { directory, size };
    },
    async list(path, { depth = 1, limit = 1000 } = {}) {
      const { entries = [] } = await (await connection()).request({ op: "list", path, depth, limit });
      return entries.map(wellFormed);
    },
    restoresWorkspace: workspace !== undefined,
    async capture(store) {
      return captureWorkspace(await connection(), store, limits);
    },
    async fill(store, snapshot) {
      await fillWorkspace(await connection(), store, snapshot);
    },
    async restart() {
      const old = await current.catch(() => undefined);
      await old?.destroy("it was restarted");
      if (!closed) current = start(limits, world);
      await current;
    },
    async close() {
      closed = true;
      const last = await current.catch(() => undefined);
      await last?.destroy("it was closed");
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
  return sandbox;
}

/** What a sandbox has in / itself. */
const TAKEN = new Set([
  "bin",
  "dev",
  "etc",
  "lib",
  "lib32",
  "lib64",
  "libx32",
  "proc",
  "sbin",
  "sys",
  "tmp",
  "usr",
  "work",
]);

/** Whether a sandbox can have a folder of this name in /: see `SandboxOptions.folders`. */
export function isFolderName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) && !TAKEN.has(name);
}

function checkFolders(folders: readonly string[]): void {
  const wrong = folders.find((name) => !isFolderName(name));
  if (wrong === undefined) return;
  const fix = `use a plain name that is none of ${[...TAKEN].join(", ")}`;
  throw new SandboxError("invalid_limit", `${JSON.stringify(wrong)} cannot be a folder in /; ${fix}`);
}

/** Runs one command in a sandbox of its own. Throws as `createSandbox` and `Sandbox.run` do. */
export async function runInSandbox(
  command: string | readonly string[],
  { limits, ...options }: CommandOptions & { limits?: Partial<SandboxLimits> } = {},
): Promise<CommandResult> {
  const sandbox = await createSandbox(limits);
  try {
    return await sandbox.run(command, options);
  } finally {
    await sandbox.close();
  }
}

/** Why no sandbox can be had on this machine, and what to do about it; undefined when one can. */
export async function sandboxUnavailableReason(): Promise<string | undefined> {
  try {
    await (await createSandbox()).close();
    return undefined;
  } catch (error) {
    if (error instanceof SandboxError && error.code === "sandbox_unavailable") return error.message;
    throw error;
  }
}
