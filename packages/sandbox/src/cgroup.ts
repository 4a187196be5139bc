/** A control group that bounds the memory and the number of processes of a whole sandbox, where one can be made. */

import { existsSync } from "node:fs";
import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface Cgroup {
  /** Writing a process id to each of these moves it in. */
  readonly procsFiles: readonly string[];
  /** How often the kernel killed a process for memory. */
  outOfMemoryKills(): Promise<number>;
  /** Once every process has ended. */
  remove(): Promise<void>;
}

interface Bounds {
  memoryBytes: number;
  processes: number;
}

const ROOT = "/sys/fs/cgroup";
const TCP_BYTES = 64 * 2 ** 20;
let counter = 0;

/** @returns undefined where no memory cgroup is writable */
export async function createCgroup(bounds: Bounds): Promise<Cgroup | undefined> {
  const own = await readFile("/proc/self/cgroup", "utf8").catch(() => "");
  const name = `cachalot-${process.pid}-${counter++}`;
  const lines = own.trim().split("\n");
  const pathOf = (controller: string) =>
    lines.map((line) => line.split(":")).find(([, names]) => names?.split(",").includes(controller))?.[2];
  const memoryPath = pathOf("memory");
  if (memoryPath !== undefined)
    return version1(join(ROOT, "memory", memoryPath, name), pidsFolder(pathOf("pids"), name), bounds);
  const unified = pathOf("");
  if (unified === undefined) return undefined;
  const folder = join(ROOT, unified);
  return (await version2(join(folder, name), bounds)) ?? (await version2(join(dirname(folder), name), bounds));
}

const pidsFolder = (path: string | undefined, name: string) =>
  path === undefined ? undefined : join(ROOT, "pids", path, name);

async function version2(folder: string, { memoryBytes, processes }: Bounds): Promise<Cgroup | undefined> {
  const set = { "memory.max": memoryBytes, "memory.swap.max": 0, "pids.max": processes };
  if (!(await make(folder, set, "memory.max"))) return undefined;
  return group([folder], join(folder, "memory.events"));
}

async function version1(folder: string, pids: string | undefined, bounds: Bounds): Promise<Cgroup | undefined> {
  const memory = {
    "memory.limit_in_bytes": bounds.memoryBytes,
    "memory.memsw.limit_in_bytes": bounds.memoryBytes,
    // What lies in TCP sockets is counted apart, and not at all without a limit; version 2 counts it as memory.
    "memory.kmem.tcp.limit_in_bytes": Math.min(bounds.memoryBytes, TCP_BYTES),
  };
  if (!(await make(folder, memory, "memory.limit_in_bytes"))) return undefined;
  const counted = pids !== undefined && (await make(pids, { "pids.max": bounds.processes }, "pids.max"));
  return group(counted ? [folder, pids] : [folder], join(folder, "memory.oom_control"));
}

/** Makes the folder and sets what it has of `values`; false, and no folder, where the needed one cannot be set. */
async function make(folder: string, values: Record<string, number>, needed: string): Promise<boolean> {
  await sweep(dirname(folder));
  try {
    await mkdir(folder);
  } catch {
    return false;
  }
  try {
    await access(join(folder, needed), constants.W_OK);
    for (const [name, value] of Object.entries(values)) {
      const file = join(folder, name);
      const there = await access(file, constants.W_OK).then(
        () => true,
        () => false,
      );
      if (there) await writeFile(file, `${value}`);
    }
    await access(join(folder, "cgroup.procs"), constants.W_OK);
    return true;
  } catch {
    await rmdir(folder);
    return false;
  }
}

/** Removes the groups of processes that were killed before they could. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const owner = /^cachalot-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) await rmdir(join(parent, name)).catch(() => {});
  }
}

function group(folders: readonly string[], events: string): Cgroup {
  return {
    procsFiles: folders.map((folder) => join(folder, "cgroup.procs")),
    async outOfMemoryKills() {
      return Number(/^oom_kill (\d+)$/m.exec(await readFile(events, "utf8"))?.[1] ?? 0);
    },
    async remove() {
      for (const folder of folders) await removeWhenEmpty(folder);
    },
  };
}

/** The kernel lets go of a group a moment after its last process has gone. One it holds on to is swept later. */
async function removeWhenEmpty(folder: string): Promise<void> {
  for (let waited = 1; ; waited *= 2) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || waited > 4096) return;
      await delay(waited);
    }
  }
}
