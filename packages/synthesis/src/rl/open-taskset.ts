/** A folder of tasks, whatever pipeline made them, as a taskset. */

import type { Taskset } from "@cachalot/environments";
import { findTasks } from "../check/check-directory.js";
import { openSearchTaskset } from "../search/taskset/search-taskset.js";
import { folderTaskset } from "./folder-taskset.js";

/**
 * Search tasks are searched in their corpus, which stays open as long as this process; all others are played in their folders.
 * @throws SynthesisError `invalid_task` for a folder without tasks, or with too few
 */
export async function openTaskset(directory: string): Promise<Taskset> {
  const [first] = await findTasks(directory);
  const { instance } = await first!.read();
  if (instance?.kind === "search") return (await openSearchTaskset(directory)).taskset as unknown as Taskset;
  return (await folderTaskset(directory)) as unknown as Taskset;
}
