import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";

/** A path: text, or bytes where it may not be UTF-8. */
type Path = string | Buffer;

const TEMPORARY = /\.[0-9a-f]{12}\.tmp$/;

/** Whether a name is that of something being written, or left behind by a process that was killed. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * Atomic replacement: `make` creates a file or link under a temporary name beside `path`, which is then renamed to it. What was
 * made is removed when anything fails.
 */
export async function replaceAtomic<P extends Path>(path: P, make: (temporary: P) => Promise<void>): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

export interface WriteOptions {
  /** Permissions of a new file. Default 0o666, less the umask. */
  mode?: number;
  /** Wait until the contents are on the disk, so that a power cut leaves no empty file behind. Default true. */
  sync?: boolean;
}

/**
 * Atomic file write: readers see the old contents or the new. `content` may be a function that writes piece by piece to the
 * handle it is given.
 */
export async function writeAtomic(
  path: Path,
  content: string | Uint8Array | ((file: FileHandle) => Promise<void>),
  { mode = 0o666, sync = true }: WriteOptions = {},
): Promise<void> {
  await replaceAtomic(path, async (temporary) => {
    const file = await open(temporary, "wx", mode);
    try {
      if (typeof content === "function") await content(file);
      else await file.writeFile(content);
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
  });
}

/**
 * Atomic directory write: `fill` fills a new directory, which then takes the place of the one at `path`, if there is one. Between
 * the two, for a moment, there is none.
 */
export async function writeDirectoryAtomic(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await replaceAtomic(path, async (temporary) => {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await rm(path, { recursive: true, force: true });
  });
}

/** A name beside `path` for what is not whole yet; see `isTemporary`. */
export function temporaryFor<P extends Path>(path: P): P {
  const suffix = `.${randomBytes(6).toString("hex")}.tmp`;
  return (typeof path === "string" ? `${path}${suffix}` : Buffer.concat([path, Buffer.from(suffix)])) as P;
}
