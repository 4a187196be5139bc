/** A directory of this machine as a workspace: read into a store, and changed by what a sandbox made of it. */

import { constants, type Dirent } from "node:fs";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rmdir,
  symlink,
  unlink,
  utimes,
} from "node:fs/promises";
import { replaceAtomic } from "@cachalot/files";
import { SandboxError } from "../errors.js";
import { pathBytes, pathText, wellFormed } from "./path-bytes.js";
import {
  CHUNK_BYTES,
  type FileEntry,
  linkStaysInside,
  MAX_ENTRIES,
  type Skipped,
  sameEntry,
  type WorkspaceChange,
  type WorkspaceEntry,
  type WorkspaceSnapshot,
} from "./snapshot.js";
import { hashOf, type WorkspaceStore } from "./workspace-store.js";

export interface ImportOptions {
  /** Whether to leave a path out, with all below it. Default: `.git` and `.cachalot`, wherever they lie. */
  exclude?: (path: string) => boolean;
  /** Default 64 MiB, the size of a sandbox's /work. Holes and blocks of zeros do not count. */
  maxBytes?: number;
  /** Default, and at most, 20,000. */
  maxEntries?: number;
}

const LEADS_OUT = "is a link that may lead out of the directory";
const PRIVATE = new Set([".git", ".cachalot"]);
const isPrivate = (path: string) => path.split("/").some((name) => PRIVATE.has(name.toLowerCase()));
const absolute = (directory: string, path: string) => Buffer.concat([Buffer.from(`${directory}/`), pathBytes(path)]);

/**
 * Reads a directory into a store. Links stay links; those that lead out of the directory are left out, as is what is
 * neither file, directory nor link, and what this process may not read.
 *
 * @throws SandboxError `workspace` for no directory, or one of more bytes or entries than the options allow
 */
export async function importDirectory(
  store: WorkspaceStore,
  directory: string,
  { exclude = isPrivate, maxBytes = 64 * 2 ** 20, maxEntries = MAX_ENTRIES }: ImportOptions = {},
): Promise<{ snapshot: WorkspaceSnapshot; skipped: Skipped[] }> {
  const snapshot = new Map<string, WorkspaceEntry>();
  const skipped: Skipped[] = [];
  let bytes = 0;
  const tooLarge = (what: string) =>
    new SandboxError("workspace", `${directory} has more than ${what}; leave something out, or raise the limit`);

  async function visit(path: string, info: Dirent<Buffer>): Promise<void> {
    if (exclude(path)) return;
    if (snapshot.size >= Math.min(maxEntries, MAX_ENTRIES)) throw tooLarge(`${maxEntries} files and directories`);
    try {
      const entry = await readEntry(directory, path, info);
      if (typeof entry === "string") return void skipped.push({ path: wellFormed(path), reason: entry });
      if (entry.type === "file") {
        entry.chunks = await chunksOf(absolute(directory, path), async (data) => {
          bytes += data.length;
          if (bytes > maxBytes) throw tooLarge(`${maxBytes} bytes`);
          return store.putChunk(data);
        });
      }
      snapshot.set(path, entry);
      if (entry.type === "directory") await walk(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EACCES" && code !== "EPERM" && code !== "ENOENT") throw error;
      snapshot.delete(path);
      skipped.push({ path: wellFormed(path), reason: "cannot be read" });
    }
  }

  async function walk(path: string): Promise<void> {
    const found = await readdir(path === "" ? directory : absolute(directory, path), {
      encoding: "buffer",
      withFileTypes: true,
    });
    found.sort((a, b) => Buffer.compare(a.name, b.name));
    for (const info of found) await visit((path === "" ? "" : `${path}/`) + pathText(info.name), info);
  }

  try {
    await walk("");
  } catch (error) {
    if (error instanceof SandboxError) throw error;
    const { message } = error as Error;
    throw new SandboxError("workspace", `${directory} cannot be read: ${message}; name a directory`, { cause: error });
  }
  return { snapshot, skipped };
}

/** An entry, a file without its chunks; or why there is none. */
async function readEntry(directory: string, path: string, info: Dirent<Buffer>): Promise<WorkspaceEntry | string> {
  const at = absolute(directory, path);
  if (info.isSymbolicLink()) {
    const target = pathText(await readlink(at, { encoding: "buffer" }));
    return linkStaysInside(path, target) ? { type: "link", target } : LEADS_OUT;
  }
  const { mode, size, mtimeMs } = await lstat(at);
  if (info.isDirectory()) return { type: "directory", mode: mode & 0o777 };
  if (!info.isFile()) return "is no file, directory or link";
  return { type: "file", mode: mode & 0o777, mtimeUs: Math.round(mtimeMs * 1000), size, chunks: [] };
}

/** [index, what `keep` says] of every chunk that is not all zeros. */
async function chunksOf(path: Buffer, keep: (data: Buffer) => Promise<string>): Promise<FileEntry["chunks"]> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const chunks: FileEntry["chunks"] = [];
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (let index = 0; ; index++) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, index * CHUNK_BYTES);
      if (bytesRead === 0) return chunks;
      const data = buffer.subarray(0, bytesRead);
      if (data.some((byte) => byte !== 0)) chunks.push([index, await keep(data)]);
    }
  } finally {
    await file.close();
  }
}

/**
 * Makes the changes of a sandbox in a directory of this machine. A path is refused, and left as it is, when it is not as
 * the change's `before` any more, when a link lies on the way to it, when it is a link that leads out of the directory,
 * and when it belongs to `.git` or `.cachalot`, whose files this machine would run or believe.
 *
 * @param changes as `diffSnapshots` gives them
 * @returns the paths that were changed, and those refused with the reason
 */
export async function applyChanges(
  store: WorkspaceStore,
  changes: readonly WorkspaceChange[],
  directory: string,
): Promise<{ applied: string[]; refused: Skipped[] }> {
  const applied: string[] = [];
  const refused: Skipped[] = [];
  const attempt = async (change: WorkspaceChange, action: () => Promise<void>) => {
    const reason = (await refusal(directory, change)) ?? (await action().then(() => undefined, reasonOf));
    if (reason === undefined) applied.push(change.path);
    else refused.push({ path: wellFormed(change.path), reason });
  };
  const gone = changes.filter(({ before, after }) => before && before.type !== (after?.type ?? before.type));
  const removed = [...gone, ...changes.filter(({ after }) => after === undefined)];
  const byDepth = (a: WorkspaceChange, b: WorkspaceChange) => (a.path < b.path ? 1 : -1);
  for (const change of removed.sort(byDepth)) {
    const { path, before } = change;
    const at = absolute(directory, path);
    await attempt(change, () => (before?.type === "directory" ? rmdir(at) : unlink(at)));
  }
  const failed = new Set(refused.map(({ path }) => path));
  for (const change of changes) {
    const { path, after } = change;
    if (after === undefined || failed.has(wellFormed(path))) continue;
    const replaced = gone.includes(change);
    if (replaced) applied.splice(applied.indexOf(path), 1);
    await attempt(replaced ? { path, after } : change, () => writeEntry(store, directory, path, after));
  }
  return { applied, refused };
}

const reasonOf = (error: Error) => error.message;

/** Why a change must not be made; undefined when it may. */
async function refusal(directory: string, { path, before, after }: WorkspaceChange): Promise<string | undefined> {
  if (isPrivate(path)) return "belongs to .git or .cachalot";
  if (after?.type === "link" && !(await linkIsSafe(directory, path, after.target))) return LEADS_OUT;
  const names = path.split("/");
  for (let i = 1; i < names.length; i++) {
    const parent = await lstat(absolute(directory, names.slice(0, i).join("/"))).catch(() => undefined);
    if (parent !== undefined && !parent.isDirectory()) return "lies behind what is no directory on this machine";
  }
  const now = await entryAt(directory, path);
  // What an earlier attempt has made of it already is fine too.
  if (sameEntry(now, before) || (after !== undefined && sameEntry(now, after))) return undefined;
  return "was changed on this machine meanwhile";
}

/** Also where this machine has links that were left out of the workspace. */
async function linkIsSafe(directory: string, path: string, target: string): Promise<boolean> {
  if (!linkStaysInside(path, target)) return false;
  const root = await realpath(directory);
  const parent = path.split("/").slice(0, -1).join("/");
  const real = await realpath(absolute(directory, `${parent}/${target}`)).catch(() => undefined);
  return real === undefined || real === root || real.startsWith(root === "/" ? root : `${root}/`);
}

/** What lies at a path on this machine. */
async function entryAt(directory: string, path: string): Promise<WorkspaceEntry | undefined> {
  const at = absolute(directory, path);
  const info = await lstat(at).catch(() => undefined);
  if (info === undefined) return undefined;
  const mode = info.mode & 0o777;
  if (info.isSymbolicLink()) return { type: "link", target: pathText(await readlink(at, { encoding: "buffer" })) };
  if (info.isDirectory()) return { type: "directory", mode };
  const chunks = info.isFile() ? await chunksOf(at, async (data) => hashOf(data)) : [];
  return { type: "file", mode, mtimeUs: 0, size: info.size, chunks };
}

/** Files are written atomically. Set-user-id, set-group-id and sticky bits are not taken over. */
async function writeEntry(
  store: WorkspaceStore,
  directory: string,
  path: string,
  entry: WorkspaceEntry,
): Promise<void> {
  const at = absolute(directory, path);
  if (entry.type === "directory") {
    await mkdir(at, { recursive: true });
    return chmod(at, (entry.mode & 0o777) | 0o700);
  }
  await replaceAtomic(at, (partial) =>
    entry.type === "link" ? symlink(pathBytes(entry.target), partial) : writeFileEntry(store, partial, entry),
  );
}

async function writeFileEntry(store: WorkspaceStore, path: Buffer, entry: FileEntry): Promise<void> {
  const file: FileHandle = await open(path, "wx", 0o600);
  try {
    await file.truncate(entry.size);
    for (const [index, hash] of entry.chunks) {
      const data = await store.chunk(hash);
      await file.write(data, 0, data.length, index * CHUNK_BYTES);
    }
    await file.chmod(entry.mode & 0o777);
  } finally {
    await file.close();
  }
  const time = entry.mtimeUs / 1e6;
  await utimes(path, time, time);
}

/** Writes a whole snapshot into a directory, which is made where it is not there. @returns as `applyChanges` */
export async function exportSnapshot(store: WorkspaceStore, snapshot: WorkspaceSnapshot, directory: string) {
  await mkdir(directory, { recursive: true });
  const changes = [...snapshot].map(([path, after]) => ({ path, after })).sort((a, b) => (a.path < b.path ? -1 : 1));
  return applyChanges(store, changes, directory);
}
