/** Saves the sandbox's workspace after each call of a tool, and tells what could not be kept with the call's result. */

import { type Sandbox, SandboxError, saveWorkspace, type WorkspaceStore } from "@cachalot/sandbox";
import type { Tool } from "./tool.js";

/** Saves what changed. @returns what the model should know of what is not kept, once for each loss */
export type Save = () => Promise<string | undefined>;

/** One for all tools of a sandbox. */
export function createSave(sandbox: Sandbox, store: WorkspaceStore): Save {
  let told = "";
  return async () => {
    try {
      const { skipped } = await saveWorkspace(sandbox, store);
      const now = skipped.map(({ path, reason }) => `${path} ${reason}`).join(", ");
      if (now === told) return undefined;
      told = now;
      return now === "" ? undefined : `Not kept, should the sandbox end: ${now}.`;
    } catch (error) {
      // The sandbox died: the call's own result says so, and the last saved workspace is put into the next one.
      if (error instanceof SandboxError && error.code === "sandbox_closed") return undefined;
      return `The files of /work are not kept, should the sandbox end: ${(error as Error).message}`;
    }
  };
}

/** @param restored the files are back as a process before left them, so they are no state of this one */
export function savingWorkspace(own: Tool, save: Save, restored: boolean): Tool {
  const { stateful, ...rest } = own;
  const left = restored ? stateful?.replace(/^files(, | and )?/, "") : stateful;
  return {
    ...rest,
    ...(left ? { stateful: left } : {}),
    async execute(args, context) {
      try {
        const result = await own.execute(args, context);
        const note = await save();
        return note === undefined ? result : `${result}\n[${note}]`;
      } catch (error) {
        // A call that failed may have changed files too.
        const note = await save();
        if (note !== undefined && error instanceof Error) error.message += `\n[${note}]`;
        throw error;
      }
    },
  };
}
