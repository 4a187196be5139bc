/** The workspace of a running sandbox, to a store and back: only what changed is read, only chunks not yet kept travel. */

import type { Connection } from "../connection.js";
import { SandboxError } from "../errors.js";
import type { SandboxLimits } from "../limits.js";
import { wellFormed } from "./path-bytes.js";
import { type FileEntry, MAX_ENTRIES, type Skipped, type WorkspaceEntry, type WorkspaceSnapshot } from "./snapshot.js";
import type { WorkspaceStore } from "./workspace-store.js";

export interface SavedWorkspace {
  snapshot: WorkspaceSnapshot;
  /** FIFOs, sockets and the like, which no snapshot has. */
  skipped: readonly Skipped[];
}

interface Part {
  path: string;
  index: number;
  hash: string;
}

/** Chunks in one message: 4 MiB, under 6 in base64. */
const BATCH = 16;
/** Entries in one message. */
const ENTRIES = 2000;

const lastScans = new WeakMap<Connection, SavedWorkspace & { digest: string }>();

/**
 * Reads /work into a store. Where nothing changed since the last time this is a walk over names, and gives the same snapshot.
 *
 * @throws SandboxError `workspace` where there is more than `workMiB` or 20,000 entries, or the store cannot be written,
 *   `sandbox_closed` when the sandbox ends first
 */
export async function captureWorkspace(
  connection: Connection,
  store: WorkspaceStore,
  { workMiB }: SandboxLimits,
): Promise<SavedWorkspace> {
  const last = lastScans.get(connection);
  const { digest, snapshot, skipped } = await requestScan(connection, workMiB * 2 ** 20, last?.digest);
  if (last !== undefined && digest === last.digest) {
    // The chunks may be in another store, or have been dropped for want of a name.
    const snapshot = await readChunks(connection, store, last.snapshot);
    return { snapshot, skipped: last.skipped };
  }
  if (digest === undefined || snapshot === undefined || skipped === undefined)
    throw new SandboxError("workspace", "The sandbox told nothing of its files; start another");
  const entries = await readChunks(connection, store, new Map(snapshot));
  const told = skipped.map(({ path, reason }) => ({ path: wellFormed(path), reason }));
  const saved = { digest, snapshot: entries, skipped: told };
  lastScans.set(connection, saved);
  return saved;
}

async function requestScan(connection: Connection, maxBytes: number, unless: string | undefined) {
  try {
    return await connection.request({
      ...{ op: "scan", maxBytes, maxEntries: MAX_ENTRIES },
      ...(unless === undefined ? {} : { unless }),
    });
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code !== "sandbox_file") throw error;
    throw new SandboxError("workspace", error.message, { cause: error });
  }
}

/** Brings the chunks that the store has not. A file that changes meanwhile is kept as it was when each chunk was read. */
async function readChunks(
  connection: Connection,
  store: WorkspaceStore,
  snapshot: ReadonlyMap<string, WorkspaceEntry>,
): Promise<WorkspaceSnapshot> {
  const missing = new Map<string, Part>();
  for (const part of partsOf(snapshot)) if (!(await store.has(part.hash))) missing.set(part.hash, part);
  const changed = new Map<string, string>();
  for (const batch of batches([...missing.values()], BATCH)) {
    const parts = batch.map(({ path, index }) => [path, index] as const);
    const { chunks = [] } = await connection.request({ op: "chunks", parts });
    for (const [i, { hash }] of batch.entries()) {
      const kept = await store.putChunk(chunks[i] ?? Buffer.alloc(0));
      if (kept !== hash) changed.set(hash, kept);
    }
  }
  if (changed.size === 0) return snapshot;
  const asRead = (file: FileEntry): FileEntry => ({
    ...file,
    chunks: file.chunks.map(([index, hash]) => [index, changed.get(hash) ?? hash]),
  });
  return new Map([...snapshot].map(([path, entry]) => [path, entry.type === "file" ? asRead(entry) : entry] as const));
}

/**
 * Puts a snapshot into an empty /work.
 *
 * @throws SandboxError `workspace` when the store is damaged, `sandbox_file` where there is no room
 */
export async function fillWorkspace(
  connection: Connection,
  store: WorkspaceStore,
  snapshot: WorkspaceSnapshot,
): Promise<void> {
  // Directories before what is in them.
  const entries = [...snapshot].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const batch of batches(entries, ENTRIES)) await connection.request({ op: "make", entries: batch });
  for (const batch of batches([...partsOf(snapshot)], BATCH)) {
    const parts: [string, number, string][] = [];
    for (const { path, index, hash } of batch) parts.push([path, index, (await store.chunk(hash)).toString("base64")]);
    await connection.request({ op: "fill", parts });
  }
  for (const batch of batches(entries.reverse(), ENTRIES)) await connection.request({ op: "finish", entries: batch });
}

function* partsOf(snapshot: WorkspaceSnapshot): Generator<Part> {
  for (const [path, entry] of snapshot) {
    if (entry.type !== "file") continue;
    for (const [index, hash] of entry.chunks) yield { path, index, hash };
  }
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
