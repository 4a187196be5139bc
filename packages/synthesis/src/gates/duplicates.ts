import { patchKey, textKey } from "./duplicate-keys.js";
import type { Gate, Subject } from "./gate.js";

/** No two tasks ask the same, or are solved by the same patch. */
export const duplicates: Gate = {
  name: "duplicates",
  description: "no task before asks the same, or is solved by the same patch",
  runs: true,
  async check(subject) {
    const patch = await patchKey(subject);
    const text = met(subject, subject.seen.texts, textKey(subject.task.instruction));
    const twin = patch === undefined ? undefined : met(subject, subject.seen.patches, patch);
    return [
      ...(text === undefined ? [] : [`it asks the same as ${text}`]),
      ...(twin === undefined ? [] : [`its solution is the patch of ${twin}`]),
    ];
  },
};

/** The task that had this key before; from now on it is this one's. */
function met({ task }: Subject, seen: Map<string, string>, key: string): string | undefined {
  const before = seen.get(key);
  if (before === undefined) seen.set(key, task.name);
  return before;
}
