/** Export of tasks: what another trainer reads, as files. */

import type { TaskFolder } from "../task.js";

export interface TaskExport {
  /** Lower-case words with dashes. */
  readonly name: string;
  readonly description: string;
  /** Files by their path. @param name of the set */
  files(tasks: readonly TaskFolder[], name: string): ReadonlyMap<string, string | Uint8Array>;
}

/** What every row says of a task. */
export const rowOf = (task: TaskFolder) => ({
  id: task.name,
  kind: task.instance?.kind ?? "code",
  level: Math.trunc(task.instance?.difficulty.level ?? 0),
  licence: task.instance?.provenance.licence ?? "unknown",
  prompt: [{ role: "user" as const, content: task.instruction }],
});
