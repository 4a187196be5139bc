/** What the reference solution changes: files of the workspace before and after, as lines. */

import type { WorkspaceEntry, WorkspaceStore } from "@cachalot/sandbox";
import { diffSnapshots } from "@cachalot/sandbox";
import type { Subject } from "./gate.js";

export interface FileChange {
  /** Relative to the workspace: `app/src/index.js` for /app/src/index.js. */
  path: string;
  before: string | undefined;
  after: string | undefined;
  /** Lines that are only after, and only before, without those of space. */
  added: string[];
  removed: string[];
}

const MAX_BYTES = 2 ** 20;

/** Text files only, none of a repository's own or of caches. */
export async function solutionChanges(subject: Subject): Promise<FileChange[]> {
  const { store, snapshot } = await subject.built();
  const changes: FileChange[] = [];
  for (const { path, before, after } of diffSnapshots(snapshot, (await subject.solved()).snapshot)) {
    if (/(^|\/)(\.git|__pycache__|node_modules|\.cache)(\/|$)/.test(path)) continue;
    const [old, now] = [await textOf(store, before), await textOf(store, after)];
    if (old === undefined && now === undefined) continue;
    changes.push({ path, before: old, after: now, added: linesOnlyIn(now, old), removed: linesOnlyIn(old, now) });
  }
  return changes;
}

/** A text file's content; undefined for what is none. */
export async function textOf(store: WorkspaceStore, entry: WorkspaceEntry | undefined): Promise<string | undefined> {
  if (entry?.type !== "file" || entry.size > MAX_BYTES) return undefined;
  const data = await store.read(entry);
  return data.includes(0) ? undefined : data.toString("utf8");
}

function linesOnlyIn(text = "", other = ""): string[] {
  const known = new Set(other.split("\n").map((line) => line.trim()));
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !known.has(line));
}
