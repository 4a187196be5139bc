/** Content-addressed storage of workspaces: chunks by their SHA-256, and snapshots by name, in memory or in a directory. */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { SandboxError } from "../errors.js";
import { CHUNK_BYTES, entryList, type FileEntry, type WorkspaceSnapshot } from "./snapshot.js";

/** The name of what a sandbox is started with again when it was lost. */
export const LATEST = "latest";

/** Keeps what workspaces held. Content that two snapshots share is kept once. */
export interface WorkspaceStore {
  /** The snapshot of that name; undefined when there is none. @throws SandboxError `workspace` when it is damaged */
  load(name: string): Promise<WorkspaceSnapshot | undefined>;
  /** Names a snapshot, all of whose chunks are there. The name's last snapshot stays until this one is written whole. */
  name(name: string, snapshot: WorkspaceSnapshot): Promise<void>;
  /** Drops a name. Chunks that no snapshot has go with the next `name`. */
  forget(name: string): Promise<void>;
  has(hash: string): Promise<boolean>;
  /** @returns the hash of the chunk, which is there from now on */
  putChunk(data: Buffer): Promise<string>;
  /** @throws SandboxError `workspace` when it is not there, or damaged */
  chunk(hash: string): Promise<Buffer>;
  /** A file's whole content. @throws as `chunk` */
  read(file: FileEntry): Promise<Buffer>;
}

export const hashOf = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

/** The bytes behind the store's four verbs; keys are like paths. */
interface Blobs {
  get(key: string): Promise<Buffer | undefined>;
  put(key: string, data: Buffer): Promise<void>;
  has(key: string): Promise<boolean>;
  remove(key: string): Promise<void>;
  keys(prefix: "chunks" | "snapshots"): Promise<string[]>;
}

/**
 * Opens a store.
 *
 * @param directory where it lives, made on the first write and readable by its owner only; without one it is kept in memory
 */
export function openWorkspaceStore(directory?: string): WorkspaceStore {
  const blobs = directory === undefined ? memoryBlobs() : directoryBlobs(directory);
  const store: WorkspaceStore = {
    async load(name) {
      const data = await blobs.get(snapshotKey(name));
      return data === undefined ? undefined : parseSnapshot(name, data);
    },
    async name(name, snapshot) {
      await blobs.put(snapshotKey(name), Buffer.from(JSON.stringify([...snapshot])));
      await dropUnused(blobs);
    },
    forget: (name) => blobs.remove(snapshotKey(name)),
    has: (hash) => blobs.has(chunkKey(hash)),
    async putChunk(data) {
      const hash = hashOf(data);
      if (!(await blobs.has(chunkKey(hash)))) await blobs.put(chunkKey(hash), data);
      return hash;
    },
    async chunk(hash) {
      const data = await blobs.get(chunkKey(hash));
      if (data === undefined || hashOf(data) !== hash) throw damaged(`the chunk ${hash.slice(0, 12)}`);
      return data;
    },
    async read({ size, chunks }) {
      const data = Buffer.alloc(size);
      for (const [index, hash] of chunks) (await store.chunk(hash)).copy(data, index * CHUNK_BYTES);
      return data;
    },
  };
  return store;
}

const chunkKey = (hash: string) => `chunks/${hash}`;
const snapshotKey = (name: string) => `snapshots/${name}.json`;
const damaged = (what: string, cause?: unknown) =>
  new SandboxError("workspace", `The saved workspace is damaged: ${what} cannot be read; start from its source`, {
    cause,
  });

function parseSnapshot(name: string, data: Buffer): WorkspaceSnapshot {
  try {
    return new Map(entryList.parse(JSON.parse(data.toString())));
  } catch (error) {
    throw damaged(`the snapshot ${name}`, error);
  }
}

/** Removes the chunks that no snapshot names. */
async function dropUnused(blobs: Blobs): Promise<void> {
  const used = new Set<string>();
  for (const key of await blobs.keys("snapshots")) {
    const data = await blobs.get(key);
    if (data === undefined) continue;
    for (const [hash] of data.toString().matchAll(/\b[0-9a-f]{64}\b/g)) used.add(chunkKey(hash));
  }
  for (const key of await blobs.keys("chunks")) if (!used.has(key)) await blobs.remove(key);
}

function memoryBlobs(): Blobs {
  const blobs = new Map<string, Buffer>();
  return {
    get: async (key) => blobs.get(key),
    put: async (key, data) => void blobs.set(key, Buffer.from(data)),
    has: async (key) => blobs.has(key),
    remove: async (key) => void blobs.delete(key),
    keys: async (prefix) => [...blobs.keys()].filter((key) => key.startsWith(`${prefix}/`)),
  };
}

function directoryBlobs(directory: string): Blobs {
  const at = (key: string) => join(directory, key);
  const present = new Set<string>();
  return {
    get: (key) => readFile(at(key)).catch(absent),
    async put(key, data) {
      await mkdir(dirname(at(key)), { recursive: true, mode: 0o700 });
      // Not synced: what a power cut damages is found by its hash.
      await writeAtomic(at(key), data, { mode: 0o600, sync: false });
      present.add(key);
    },
    async has(key) {
      if (present.has(key)) return true;
      const there = await stat(at(key)).catch(absent);
      if (there !== undefined) present.add(key);
      return there !== undefined;
    },
    async remove(key) {
      present.delete(key);
      await rm(at(key), { force: true });
    },
    keys: async (prefix) => ((await readdir(at(prefix)).catch(absent)) ?? []).map((name) => `${prefix}/${name}`),
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
