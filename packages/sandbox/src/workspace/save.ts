import { SandboxError } from "../errors.js";
import type { Sandbox } from "../sandbox.js";
import type { WorkspaceSnapshot } from "./snapshot.js";
import type { SavedWorkspace } from "./transfer.js";
import { LATEST, type WorkspaceStore } from "./workspace-store.js";

const named = new WeakMap<WorkspaceStore, WorkspaceSnapshot>();

/**
 * Saves /work as the store's snapshot `latest`, with which `createSandbox(limits, { workspace: store })` starts. Where
 * nothing changed nothing is written. When it fails no `latest` is left, rather than an older one.
 *
 * @throws SandboxError `workspace` with the reason; `sandbox_closed` when the sandbox ended, and `latest` stays
 */
export async function saveWorkspace(sandbox: Sandbox, store: WorkspaceStore): Promise<SavedWorkspace> {
  try {
    const saved = await sandbox.capture(store);
    if (named.get(store) !== saved.snapshot) await store.name(LATEST, saved.snapshot);
    named.set(store, saved.snapshot);
    return saved;
  } catch (error) {
    if (error instanceof SandboxError && error.code === "sandbox_closed") throw error;
    named.delete(store);
    await store.forget(LATEST).catch(() => {});
    if (error instanceof SandboxError && error.code === "workspace") throw error;
    throw new SandboxError("workspace", `The workspace cannot be kept: ${(error as Error).message}; make room`, {
      cause: error,
    });
  }
}
