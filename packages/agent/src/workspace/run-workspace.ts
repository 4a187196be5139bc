/** A run's workspace: the user's folder as it was copied in, what the agent made of it, and the way back. */

import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  applyChanges,
  diffSnapshots,
  importDirectory,
  openWorkspaceStore,
  type Skipped,
  type WorkspaceChange,
  type WorkspaceStore,
} from "@cachalot/sandbox";
import { AgentError } from "../errors.js";
import { makePrivateDirectory } from "../private-files.js";
import { runDirectory } from "../runs/run-directory.js";
import { ignoredFiles } from "./ignored-files.js";
import { unifiedDiff } from "./unified-diff.js";

/** The snapshot of the folder as it was copied in. */
const BASE = "base";
const LATEST = "latest";

/** A folder that is given to a run. */
export interface WorkspacePlan {
  /** Its absolute path. */
  directory: string;
  /** Names or paths that are copied although .gitignore leaves them out. */
  include?: readonly string[];
}

export interface WorkspaceDiff {
  changes: readonly WorkspaceChange[];
  /** As `git apply` takes it. */
  patch: string;
}

/** The directory of a run's workspace store. */
export const workspacePath = (directory: string, runId: string): string =>
  join(runDirectory(directory, runId), "workspace");

/**
 * Copies a folder into the workspace of a run that is about to begin. What .gitignore names stays out, and so do `.git` and
 * links that lead elsewhere. A run that has its copy keeps it.
 *
 * @returns what was left out besides, and why
 * @throws AgentError `workspace` for what is no folder, or is too large for a sandbox
 */
export async function importWorkspace(directory: string, runId: string, plan: WorkspacePlan): Promise<Skipped[]> {
  const path = workspacePath(directory, runId);
  if (existsSync(path) && (await openWorkspaceStore(path).load(BASE)) !== undefined) return [];
  const isDirectory = await stat(plan.directory).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new AgentError("workspace", `${plan.directory} is no folder; give one with --workspace`);
  await makePrivateDirectory(path);
  const store = openWorkspaceStore(path);
  const { snapshot, skipped } = await importDirectory(store, plan.directory, {
    exclude: ignoredFiles(plan.directory, plan.include),
  });
  await store.name(LATEST, snapshot);
  // Last: a copy that was cut off is made again.
  await store.name(BASE, snapshot);
  return skipped;
}

/**
 * What a run changed of the folder it was given, without what .gitignore names.
 * @throws AgentError `workspace` when the run has no copy of a folder
 */
export async function workspaceDiff(directory: string, runId: string, plan: WorkspacePlan): Promise<WorkspaceDiff> {
  const { store, changes } = await changesOf(directory, runId, plan);
  return { changes, patch: await unifiedDiff(store, changes) };
}

/**
 * Makes a run's changes in a folder of this machine: all of them, or none where one conflicts with what the user changed
 * there meanwhile.
 *
 * @param to default: the folder the run was given
 * @returns the paths that were changed
 * @throws AgentError `conflict` that names every path in the way; `workspace` as `workspaceDiff`
 */
export async function applyWorkspace(
  directory: string,
  runId: string,
  plan: WorkspacePlan,
  to: string = plan.directory,
): Promise<string[]> {
  const { store, changes } = await changesOf(directory, runId, plan);
  const conflicts = await conflictsOf(changes, to);
  if (conflicts.length > 0) throw conflict(to, conflicts);
  const { applied, refused } = await applyChanges(store, changes, to);
  // Changed in the moment between: told, with what was done.
  if (refused.length > 0) throw conflict(to, refused, applied);
  return applied;
}

async function changesOf(
  directory: string,
  runId: string,
  plan: WorkspacePlan,
): Promise<{ store: WorkspaceStore; changes: WorkspaceChange[] }> {
  const path = workspacePath(directory, runId);
  const store = openWorkspaceStore(path);
  const [base, latest] = existsSync(path) ? [await store.load(BASE), await store.load(LATEST)] : [];
  if (base === undefined) {
    throw new AgentError(
      "workspace",
      `${runId} has no copy of ${plan.directory} in ${directory}; use the --dir it was begun with`,
    );
  }
  if (latest === undefined) {
    throw new AgentError(
      "workspace",
      `The files of ${runId} could not be kept, so its changes are not known; run it again`,
    );
  }
  const ignored = ignoredFiles(plan.directory, plan.include);
  const isTheirs = ({ path, after }: WorkspaceChange) => base.has(path) || !ignored(path, after?.type === "directory");
  return { store, changes: diffSnapshots(base, latest).filter(isTheirs) };
}

/** Paths that are neither as the run found them nor as it would make them. */
async function conflictsOf(changes: readonly WorkspaceChange[], to: string): Promise<Skipped[]> {
  const touched = new Set(changes.flatMap(({ path }) => withParents(path)));
  const { snapshot, skipped } = await importDirectory(openWorkspaceStore(), to, {
    exclude: (path) => !touched.has(path),
  });
  const unreadable = skipped.filter(({ path }) => touched.has(path));
  const changed = changes.filter(({ path, before, after }) => {
    const now = snapshot.get(path);
    const differs = (entry: WorkspaceChange["before"]) =>
      diffSnapshots(new Map(entry ? [[path, entry]] : []), new Map(now ? [[path, now]] : [])).length > 0;
    return differs(before) && differs(after);
  });
  return [...unreadable, ...changed.map(({ path }) => ({ path, reason: "was changed on this machine meanwhile" }))];
}

const withParents = (path: string): string[] => path.split("/").map((_, i, names) => names.slice(0, i + 1).join("/"));

function conflict(to: string, conflicts: readonly Skipped[], applied: readonly string[] = []): AgentError {
  const list = conflicts.map(({ path, reason }) => `\n  ${path.toWellFormed()}: ${reason}`).join("");
  const done = applied.length === 0 ? "nothing was applied" : `applied were only ${applied.join(", ")}`;
  return new AgentError(
    "conflict",
    `The changes do not fit ${to}:${list}\n${done}; undo your changes of these files, or apply the diff by hand`,
  );
}
