/**
 * A process behind bubblewrap for untrusted programs: `createSandbox`, commands and files; `openShell` and `openNotebook`
 * for programs that stay.
 *
 * Files in and out go through a workspace store, which keeps content by its hash and snapshots by name:
 *
 *     const store = openWorkspaceStore(directory);               // or in memory
 *     const { snapshot, skipped } = await importDirectory(store, "my-project");
 *     await store.name("base", snapshot);                        // what it was before the agent
 *     await store.name("latest", snapshot);
 *     const sandbox = await createSandbox({}, { workspace: store }); // /work is `latest`, also after a loss
 *     await saveWorkspace(sandbox, store);                       // after each call: incremental, names it `latest`
 *     const changes = diffSnapshots(snapshot, (await store.load("latest"))!);
 *     changes[0]?.after?.type === "file" && (await store.read(changes[0].after)); // content, to show a diff
 *     const { applied, refused } = await applyChanges(store, changes, "my-project"); // on approval
 *
 * A store has one writer at a time.
 */

export { SandboxError, type SandboxErrorCode } from "./errors.js";
export type { CommandEnd } from "./guest-process.js";
export type { Exchange, ExchangeOptions, Interpreter } from "./interpreter.js";
export type { SandboxLimits } from "./limits.js";
export { type CellResult, type Notebook, openNotebook } from "./notebook.js";
export type { CommandOptions, CommandResult } from "./run-command.js";
export {
  createSandbox,
  isFolderName,
  runInSandbox,
  type Sandbox,
  type SandboxOptions,
  sandboxUnavailableReason,
} from "./sandbox.js";
export { openShell } from "./shell.js";
export { applyChanges, exportSnapshot, type ImportOptions, importDirectory } from "./workspace/host-directory.js";
export { wellFormed } from "./workspace/path-bytes.js";
export { saveWorkspace } from "./workspace/save.js";
export {
  diffSnapshots,
  type FileEntry,
  type Skipped,
  type WorkspaceChange,
  type WorkspaceEntry,
  type WorkspaceSnapshot,
} from "./workspace/snapshot.js";
export type { SavedWorkspace } from "./workspace/transfer.js";
export { openWorkspaceStore, type WorkspaceStore } from "./workspace/workspace-store.js";
