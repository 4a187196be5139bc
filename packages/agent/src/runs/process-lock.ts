import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface ProcessLock {
  release(): Promise<void>;
}

/** What tells a process from a later one with the same id: when it was started, where the system says so. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The command's name, in parentheses, may hold anything; the start time is the 20th field after it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/**
 * Takes a lock file for this process. One that a dead process left is taken over.
 *
 * @returns the id of the living process that has it, when there is one
 */
export async function lockForProcess(path: string): Promise<ProcessLock | { heldBy: number }> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${process.pid} ${await startOf(process.pid)}`;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, own);
  try {
    for (;;) {
      try {
        await link(draft, path);
        return { release: () => rm(path, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const [pid = "", start = ""] = (await readFile(path, "utf8").catch(() => "")).split(" ");
      if (pid !== "" && (await startOf(Number(pid))) === start) return { heldBy: Number(pid) };
      // Renamed, not removed: of two who find the same dead lock only one can.
      await rename(path, `${draft}.stale`).catch(() => {});
      await rm(`${draft}.stale`, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}
