/** A snapshot of a workspace: every path with its type, mode and the hashes of its content, but not the content. */

import * as z from "zod";

/** Files are cut into chunks of this many bytes; content is addressed by the hash of a chunk. */
export const CHUNK_BYTES = 256 * 1024;

/** More entries than a person's project has without its dependencies' caches. */
export const MAX_ENTRIES = 20_000;

const path = z.string().refine(isInside, "a path that leaves the workspace");
const mode = z.number().int().min(0).max(0o7777);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.object({
  type: z.literal("file"),
  mode,
  /** Last change, in microseconds since 1970. */
  mtimeUs: z.number().int(),
  size: z.number().int().min(0),
  /** [index of the chunk, its SHA-256]. What is not listed is zeros, so a sparse file stays small. */
  chunks: z.array(z.tuple([z.number().int().min(0), sha256])),
});
const entry = z.discriminatedUnion("type", [
  file,
  z.object({ type: z.literal("directory"), mode }),
  z.object({ type: z.literal("link"), target: z.string() }),
]);

/** [path, entry] pairs, as files and messages have them. @throws ZodError for paths that lead out of the workspace */
export const entryList = z.array(z.tuple([path, entry])).max(MAX_ENTRIES);

export type FileEntry = z.output<typeof file>;
export type WorkspaceEntry = z.output<typeof entry>;
/** By path, relative to the workspace, with "/" between names. Names that are no UTF-8 have lone surrogates. */
export type WorkspaceSnapshot = ReadonlyMap<string, WorkspaceEntry>;

/** Something of a directory that was left out, and why. */
export interface Skipped {
  path: string;
  reason: string;
}

/** What became of a path between two snapshots. `before` is missing for what is new, `after` for what is gone. */
export interface WorkspaceChange {
  path: string;
  before?: WorkspaceEntry;
  after?: WorkspaceEntry;
}

/** A relative path of plain names. */
function isInside(text: string): boolean {
  return text.split("/").every((name) => name !== "" && name !== "." && name !== ".." && !name.includes("\0"));
}

/** What differs in content, type or mode, by path; when a file was last changed does not count. */
export function diffSnapshots(before: WorkspaceSnapshot, after: WorkspaceSnapshot): WorkspaceChange[] {
  const changes: WorkspaceChange[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(path), after.get(path)];
    if (sameEntry(old, now)) continue;
    changes.push({ path, ...(old && { before: old }), ...(now && { after: now }) });
  }
  return changes;
}

export function sameEntry(a: WorkspaceEntry | undefined, b: WorkspaceEntry | undefined): boolean {
  const essence = (entry: WorkspaceEntry | undefined) => JSON.stringify(entry && { ...entry, mtimeUs: 0 });
  return a === b || essence(a) === essence(b);
}

/**
 * Whether a link stays inside of the directory it lies in, whatever other links do that stay inside: it goes up to that
 * directory at most, and only before it goes down, as what it goes down may be a link.
 *
 * @param path of the link, relative to that directory
 */
export function linkStaysInside(path: string, target: string): boolean {
  if (target === "" || target.startsWith("/")) return false;
  const names = target.split("/").filter((name) => name !== "" && name !== ".");
  const down = names.findIndex((name) => name !== "..");
  const up = down < 0 ? names.length : down;
  return up < path.split("/").length && !names.slice(up).includes("..");
}
