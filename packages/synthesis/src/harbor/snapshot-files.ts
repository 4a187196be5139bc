/** Task files as a workspace snapshot, and back. */

import type { WorkspaceEntry, WorkspaceSnapshot, WorkspaceStore } from "@cachalot/sandbox";
import type { TaskFile, TaskFiles } from "../task.js";

/** As workspace stores cut files. */
const CHUNK = 256 * 1024;

/** Adds a folder, and those above it. */
export function addFolder(snapshot: Map<string, WorkspaceEntry>, path: string): void {
  const names = path.split("/").filter(Boolean);
  for (let i = 1; i <= names.length; i++) {
    const folder = names.slice(0, i).join("/");
    if (snapshot.get(folder)?.type !== "directory") snapshot.set(folder, { type: "directory", mode: 0o755 });
  }
}

/** Adds a file at a path of the workspace, with the folders above it. */
export async function addFile(
  store: WorkspaceStore,
  snapshot: Map<string, WorkspaceEntry>,
  path: string,
  { data, executable }: TaskFile,
): Promise<void> {
  addFolder(snapshot, path.split("/").slice(0, -1).join("/"));
  const chunks: [number, string][] = [];
  for (let at = 0, index = 0; at < data.length; at += CHUNK, index++) {
    const chunk = data.subarray(at, at + CHUNK);
    if (chunk.some((byte) => byte !== 0)) chunks.push([index, await store.putChunk(chunk)]);
  }
  snapshot.set(path, { type: "file", mode: executable ? 0o755 : 0o644, mtimeUs: 1e15, size: data.length, chunks });
}

export async function addFiles(
  store: WorkspaceStore,
  snapshot: Map<string, WorkspaceEntry>,
  folder: string,
  files: TaskFiles,
): Promise<void> {
  addFolder(snapshot, folder);
  for (const [path, file] of files) await addFile(store, snapshot, `${folder}/${path}`, file);
}

/** The entries that are not in one of these folders. */
export function withoutFolders(snapshot: WorkspaceSnapshot, folders: readonly string[]): Map<string, WorkspaceEntry> {
  return new Map([...snapshot].filter(([path]) => !folders.includes(path.split("/")[0]!)));
}
