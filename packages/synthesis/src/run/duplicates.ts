/** Duplicates within a run: of tasks that ask the same, or are solved by the same patch, the first stays. */

import { emptyCount, type ItemReport, type KeptTask } from "../funnel.js";

export interface Removed {
  id: string;
  /** The task that stays. */
  of: string;
}

/** @param reports in the order of seeds, so that the same ones stay each time */
export function withoutDuplicates(reports: readonly ItemReport[]): { reports: ItemReport[]; removed: Removed[] } {
  const first = new Map<string, string>();
  const removed: Removed[] = [];
  const checked = reports.map((report) => {
    const count = emptyCount();
    const kept: KeptTask[] = [];
    const drops = [...report.drops];
    for (const task of report.kept) {
      count.entered++;
      const keys = [`text ${task.textKey}`, ...(task.patchKey ? [`patch ${task.patchKey}`] : [])];
      const twin = keys.find((key) => first.has(key));
      if (twin === undefined) {
        count.passed++;
        for (const key of keys) first.set(key, task.id);
        kept.push(task);
        continue;
      }
      const of = first.get(twin)!;
      removed.push({ id: task.id, of });
      drops.push({ stage: "duplicates", reason: `same-${twin.split(" ")[0]}`, detail: `${task.id} is ${of}` });
    }
    const stages: ItemReport["stages"] = count.entered > 0 ? [...report.stages, ["duplicates", count]] : report.stages;
    return { ...report, stages, drops, kept };
  });
  return { reports: checked, removed };
}
