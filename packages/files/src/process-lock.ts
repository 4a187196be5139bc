/** Lock files: one process at a time, found free again when its holder has died. */

import { link, mkdir, readFile, readlink, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFor } from "./write-atomic.js";

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

/** Where process ids mean something else: another container has another one. Empty where the system has none. */
const namespaceOf = (): Promise<string> => readlink("/proc/self/ns/pid").catch(() => "");

/** A holder touches its lock this often, for those who cannot see its process. */
const TOUCH_MS = 5000;
const UNTOUCHED_MS = 6 * TOUCH_MS;

/** Whether the process that wrote a lock lives. */
async function isHeld(path: string, [pid = "", start = "", namespace]: readonly string[]): Promise<boolean> {
  if (pid === "") return false;
  if (namespace === undefined || namespace === (await namespaceOf())) return (await startOf(Number(pid))) === start;
  const touched = await stat(path).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs < UNTOUCHED_MS;
}

/**
 * Takes a lock file for this process. One that a dead process left is taken over.
 *
 * @returns the id of the living process that has it, when there is one
 */
export async function lockForProcess(path: string): Promise<ProcessLock | { heldBy: number }> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${process.pid} ${await startOf(process.pid)} ${await namespaceOf()}`.trim();
  const draft = temporaryFor(path);
  await writeFile(draft, own);
  try {
    for (;;) {
      if (await linked(draft, path)) return held(path);
      const found = await readFile(path, "utf8").catch(() => "");
      const holder = found.split(" ");
      if (await isHeld(path, holder)) return { heldBy: Number(holder[0]) };
      await takeAway(path, found);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** A lock that was taken: touched until it is given back. */
function held(path: string): ProcessLock {
  const touching = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), TOUCH_MS);
  touching.unref();
  return {
    async release() {
      clearInterval(touching);
      await rm(path, { force: true });
    },
  };
}

/** Gives the file a second name; false where that name is taken. */
async function linked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Longer than this nobody needs to remove a dead lock. */
const TAKING_MS = 5000;

/**
 * Removes a dead lock. Of those who find it one does so at a time, and looks again first: it must not remove the living lock that
 * another put in its place.
 */
async function takeAway(path: string, dead: string): Promise<void> {
  const guard = `${path}.taking`;
  try {
    await writeFile(guard, "", { flag: "wx" });
  } catch {
    const since = (await stat(guard).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - since > TAKING_MS) await rm(guard, { force: true });
    await sleep(5);
    return;
  }
  try {
    if ((await readFile(path, "utf8").catch(() => undefined)) === dead) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
