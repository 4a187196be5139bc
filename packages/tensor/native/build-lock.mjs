// One build at a time in a folder: processes that start together wait for the first one's addon.
import { closeSync, openSync, rmSync, statSync, utimesSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A holder that has not been heard of for this long is gone. It may run on another machine: process ids say nothing. */
const STALE_MS = 15_000;

/** Runs `work` while this process alone holds the lock file; `onWait` is told once when another one has it. */
export async function withBuildLock(file, onWait, work) {
  for (let waited = false; !acquire(file); waited = true) {
    if (!waited) onWait();
    await sleep(200);
  }
  const heartbeat = setInterval(() => touch(file), STALE_MS / 5);
  const release = () => rmSync(file, { force: true });
  const interrupt = () => {
    release();
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, interrupt);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupt);
    release();
  }
}

function acquire(file) {
  try {
    closeSync(openSync(file, "wx"));
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const held = statSync(file, { throwIfNoEntry: false });
  if (held && Date.now() - held.mtimeMs > STALE_MS) rmSync(file, { force: true });
  return false;
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Taken away by someone who thought us gone: they wait no longer, and both builds end with the same file.
  }
}
