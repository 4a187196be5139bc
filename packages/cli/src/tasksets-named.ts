import type { Taskset } from "@cachalot/environments";

/** A taskset's name, or a folder of task folders: told apart by a slash. */
export const TASKSET_ARGUMENT = "their names, or folders of tasks such as ./tasks/general (default: all)";

/** @throws EnvironmentError `unknown_taskset`; SynthesisError `invalid_task` for a folder without tasks, or with too few */
export async function tasksetNamed(name: string): Promise<Taskset> {
  if (name.includes("/")) return (await import("@cachalot/synthesis")).openTaskset(name);
  const { tasksetNamed } = await import("@cachalot/environments");
  return tasksetNamed(name);
}

/** Those of the names, each once; all there are where none is named. */
export async function tasksetsNamed(names: readonly string[]): Promise<readonly Taskset[]> {
  if (names.length > 0) return Promise.all([...new Set(names)].map(tasksetNamed));
  const { TASKSETS } = await import("@cachalot/environments");
  return TASKSETS;
}
