import type { CommandResult } from "@cachalot/sandbox";

/** @throws Error where the sandbox did not run the command to an end of its own: nothing that the program did */
export function requireSandbox({ ended, notices }: Pick<CommandResult, "ended" | "notices">): void {
  if (ended === "lost" || ended === "failed" || ended === "aborted")
    throw new Error(`the sandbox ended: ${notices.join("; ") || ended}`);
}
