/** The canary of an exported set: a line with an id of its own, which `cachalot evals contamination` and others look for in training corpora. */

import { createHash } from "node:crypto";
import type { TaskFolder } from "../task.js";

/** The same for the same tasks under the same name, and of no other set. */
export function canaryOf(tasks: readonly TaskFolder[], name: string): string {
  const hash = createHash("sha256").update(name);
  for (const task of tasks) hash.update(`\0${task.name}\0${task.instruction}`);
  const hex = hash.digest("hex");
  // A UUID of version 8: made by a rule of one's own.
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) & 3]!;
  const id = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ];
  return `Tasks to practise on and to measure with: keep them out of training text. cachalot canary GUID ${id.join("-")}`;
}
