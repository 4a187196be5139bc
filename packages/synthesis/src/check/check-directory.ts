/** Directories of tasks: found, read one by one, and checked; what cannot be read costs its own line only. */

import { lstat, readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { isTemporary } from "@cachalot/files";
import { SynthesisError } from "../errors.js";
import { duplicates } from "../gates/duplicates.js";
import { nothingSeen, type Subject } from "../gates/gate.js";
import { GATES } from "../gates/index.js";
import { isTaskFolder, readTaskFolder } from "../harbor/task-folder.js";
import type { TaskFolder } from "../task.js";
import { type CheckedTask, type CheckOptions, examineTask, type Findings, tried } from "./check-task.js";

/** A task that is there, and how it is read. */
export interface FoundTask {
  name: string;
  read(): Promise<TaskFolder>;
}

/**
 * Tasks at a path: the folder itself, or folders below it, in the order of their names.
 * @throws SynthesisError `invalid_task` where there is none
 */
export async function findTasks(path: string): Promise<FoundTask[]> {
  const info = await lstat(path).catch(() => undefined);
  const tasks = info?.isDirectory() ? await foldersBelow(path, DEPTH) : [];
  if (tasks.length > 0) return tasks;
  const what = info === undefined ? "there is no" : "there are no tasks in";
  throw new SynthesisError(
    "invalid_task",
    `${what} ${path}; name a folder with task.toml and instruction.md, or one of such`,
  );
}

/** Folders of folders of tasks, and no deeper. */
const DEPTH = 3;

async function foldersBelow(path: string, depth: number): Promise<FoundTask[]> {
  if (await looksLikeTask(path)) return [{ name: basename(resolve(path)), read: () => readTaskFolder(path) }];
  if (depth === 0) return [];
  const found: FoundTask[] = [];
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (entry.isDirectory() && !entry.name.startsWith(".") && !isTemporary(entry.name))
      found.push(...(await foldersBelow(join(path, entry.name), depth - 1)));
  return found;
}

/** Also a folder that lacks one of the two: that is a task to complain about. */
async function looksLikeTask(path: string): Promise<boolean> {
  if (await isTaskFolder(path)) return true;
  const [toml, instruction] = await Promise.all(
    ["task.toml", "instruction.md"].map((name) => lstat(join(path, name)).catch(() => undefined)),
  );
  return toml !== undefined || instruction !== undefined;
}

export interface CheckManyOptions extends CheckOptions {
  /** Tasks in sandboxes at once. Default 1. */
  jobs?: number;
}

/**
 * Checks tasks, `jobs` at once, and reports them in their order; duplicates are those of tasks before, however many run at once.
 * @throws SandboxError `sandbox_unavailable` where nothing can be run
 */
export async function* checkTasks(
  tasks: readonly FoundTask[],
  { jobs = 1, seen = nothingSeen(), gates = GATES, ...options }: CheckManyOptions = {},
): AsyncGenerator<CheckedTask, void, undefined> {
  const alone = gates.filter((gate) => gate !== duplicates);
  const examine = (task: FoundTask): Promise<Examined> => {
    const examined = examineFound(task, { ...options, seen, gates: alone });
    // Awaited in its turn; until then an error waits with it.
    examined.catch(() => {});
    return examined;
  };
  const running = tasks.slice(0, jobs).map(examine);
  for (const [index, { name }] of tasks.entries()) {
    const { subject, failures, solved } = await (running.shift() as Promise<Examined>);
    const next = tasks[index + jobs];
    if (next) running.push(examine(next));
    if (subject && solved && gates.includes(duplicates)) failures.push(...(await tried(duplicates, subject)));
    yield { task: subject?.task.name ?? name, passed: failures.length === 0, failures };
  }
}

/** Without a subject where the folder could not be read. */
type Examined = Findings & { subject?: Subject };

async function examineFound({ read }: FoundTask, options: CheckOptions): Promise<Examined> {
  let task: TaskFolder;
  try {
    task = await read();
  } catch (error) {
    if (!(error instanceof SynthesisError)) throw error;
    return { failures: [{ gate: "format", why: error.message }], solved: false };
  }
  return examineTask(task, options);
}
