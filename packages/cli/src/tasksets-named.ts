import type { Taskset } from "@cachalot/environments";

/** A taskset's name, or the folder of synthesised search tasks: told apart by a slash. */
export const TASKSET_ARGUMENT = "their names, or folders of synthesised search tasks (default: all)";

/** @throws EnvironmentError `unknown_taskset`; SynthesisError `invalid_task` for a folder without search tasks */
export async function tasksetNamed(name: string): Promise<Taskset> {
  if (name.includes("/")) {
    const { openSearchTaskset } = await import("@cachalot/synthesis");
    // Its corpus is open as long as the command runs.
    return (await openSearchTaskset(name)).taskset as unknown as Taskset;
  }
  const { tasksetNamed } = await import("@cachalot/environments");
  return tasksetNamed(name);
}

/** Those of the names, each once; all there are where none is named. */
export async function tasksetsNamed(names: readonly string[]): Promise<readonly Taskset[]> {
  if (names.length > 0) return Promise.all([...new Set(names)].map(tasksetNamed));
  const { TASKSETS } = await import("@cachalot/environments");
  return TASKSETS;
}
