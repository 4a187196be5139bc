/** Synthesised tasks below `tasks/`: folders of task folders, and the funnels of the runs that made them. */

import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Funnel } from "@cachalot/synthesis";
import type { FunnelView, TaskList } from "../../wire/tasks.js";

/** Folders of folders of folders, and no deeper. */
const DEPTH = 3;

/** @param directory where `tasks/` is */
export async function synthesisedTasks(directory: string): Promise<Pick<TaskList, "folders" | "funnels">> {
  const found: Pick<TaskList, "folders" | "funnels"> = { folders: [], funnels: [] };
  await look(directory, join(directory, "tasks"), DEPTH, found);
  return found;
}

async function look(
  root: string,
  folder: string,
  depth: number,
  found: Pick<TaskList, "folders" | "funnels">,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const path = relative(root, folder);
  if (entries.some(({ name }) => name === "funnel.json")) {
    const funnel = await readFunnel(join(folder, "funnel.json"), path);
    if (funnel) found.funnels.push(funnel);
  }
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  const tasks = await Promise.all(
    below.map(async ({ name }) => (await readdir(join(folder, name)).catch((): string[] => [])).includes("task.toml")),
  );
  const count = tasks.filter(Boolean).length;
  if (count > 0) found.folders.push({ path, tasks: count });
  if (depth > 0)
    for (const [i, { name }] of below.entries()) if (!tasks[i]) await look(root, join(folder, name), depth - 1, found);
}

async function readFunnel(file: string, path: string): Promise<FunnelView | undefined> {
  try {
    const { pipeline, seeds, kept, stages } = JSON.parse(await readFile(file, "utf8")) as Funnel;
    return {
      ...{ path, pipeline, seeds, kept },
      stages: stages.map(({ name, entered, passed, seconds, drops }) => ({ name, entered, passed, seconds, drops })),
    };
  } catch {
    return undefined;
  }
}
