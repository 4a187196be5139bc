/** An append-only file of remembered reasoning that survives restarts, torn writes and damaged lines. */

import { type FileHandle, open, readFile, rm, writeFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { writeAtomic } from "@cachalot/files";
import { ApiError } from "../api-error.js";

export interface MemoryEntry {
  keys: string[];
  reasoning: string;
}

/** `crc json`, one entry a line. */
function line(entry: MemoryEntry): string {
  const json = JSON.stringify([entry.keys, entry.reasoning]);
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

function parseLine(text: string): MemoryEntry | undefined {
  const json = text.slice(9);
  if (text[8] !== " " || Number.parseInt(text.slice(0, 8), 16) !== crc32(json)) return undefined;
  const [keys, reasoning] = JSON.parse(json) as [string[], string];
  return { keys, reasoning };
}

/** Whether a process with this id runs. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Two processes must not rewrite one file. A lock whose process is gone counts for nothing. */
async function lock(path: string): Promise<void> {
  try {
    await writeFile(path, String(process.pid), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const owner = Number(await readFile(path, "utf8").catch(() => ""));
    if (Number.isInteger(owner) && owner > 0 && owner !== process.pid && isAlive(owner)) {
      throw new ApiError(500, `${path} belongs to process ${owner}; give each gateway a memory file of its own`, {
        code: "memory_in_use",
        type: "server_error",
      });
    }
    await writeFile(path, String(process.pid));
  }
}

export class MemoryFile {
  #handle: FileHandle | undefined;
  #queue: Promise<void> = Promise.resolve();
  #bytes = 0;

  private constructor(readonly path: string) {}

  /**
   * Opens the file, or creates it (readable by its owner only).
   *
   * @returns its intact entries, oldest first, and how many lines were damaged
   * @throws ApiError `memory_in_use` when another running process has it; the system's error when it cannot be written.
   */
  static async open(path: string): Promise<{ file: MemoryFile; entries: MemoryEntry[]; damaged: number }> {
    await lock(`${path}.lock`);
    const file = new MemoryFile(path);
    const handle = await open(path, "a+", 0o600);
    file.#handle = handle;
    const text = await readFile(path, "utf8");
    file.#bytes = Buffer.byteLength(text);
    const lines = text.split("\n").filter((one) => one !== "");
    const entries = lines.map(parseLine).filter((entry) => entry !== undefined);
    if (text !== "" && !text.endsWith("\n")) await file.#write("\n");
    return { file, entries, damaged: lines.length - entries.length };
  }

  /** Bytes written, those of outdated entries included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when the entry is with the system: it survives this process, not a power cut. */
  append(entry: MemoryEntry): Promise<void> {
    return this.#enqueue(() => this.#write(line(entry)));
  }

  /** Replaces the contents, at once for any reader: atomically. */
  rewrite(entries: readonly MemoryEntry[]): Promise<void> {
    return this.#enqueue(async () => {
      const text = entries.map(line).join("");
      await writeAtomic(this.path, text, { mode: 0o600 });
      await this.#handle?.close();
      this.#handle = await open(this.path, "a", 0o600);
      this.#bytes = Buffer.byteLength(text);
    });
  }

  async close(): Promise<void> {
    await this.#queue.catch(() => undefined);
    await this.#handle?.close();
    this.#handle = undefined;
    await rm(`${this.path}.lock`, { force: true });
  }

  async #write(text: string): Promise<void> {
    await this.#handle?.appendFile(text);
    this.#bytes += Buffer.byteLength(text);
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
