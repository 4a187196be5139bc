import { type Connection, connect } from "./connection.js";
import { SandboxError } from "./errors.js";
import { type SandboxLimits, sandboxLimits } from "./limits.js";
import { MAX_FILE_BYTES } from "./protocol.js";
import { type CommandOptions, type CommandResult, runCommand } from "./run-command.js";

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
  /** Names below a directory, those of directories with a trailing slash, hidden ones left out. */
  list(path: string, options?: { depth?: number; limit?: number }): Promise<string[]>;
  /**
   * The live connection, for programs that stay (interpreters). Where the last one was lost, a new and empty sandbox is
   * started.
   */
  connection(): Promise<Connection>;
  /** Kills everything inside; the next use starts with empty directories. */
  restart(): Promise<void>;
  /** Kills everything inside. When it resolves no process, file or mount is left. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a sandbox with bubblewrap.
 *
 * @throws SandboxError `sandbox_unavailable` where none can be had, with the reason and what to install; `invalid_limit`
 */
export async function createSandbox(options: Partial<SandboxLimits> = {}): Promise<Sandbox> {
  const limits = sandboxLimits(options);
  let current: Promise<Connection> = connect(limits);
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
      current = connect(limits);
    return current;
  }

  const sandbox: Sandbox = {
    limits,
    connection,
    async run(command, runOptions = {}) {
      const before = current;
      const live = await connection();
      const lost = before === current ? [] : ["The sandbox had ended; this is a new, empty one."];
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
      return (await (await connection()).request({ op: "list", path, depth, limit })).entries ?? [];
    },
    async restart() {
      const old = await current.catch(() => undefined);
      await old?.destroy("it was restarted");
      if (!closed) current = connect(limits);
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
