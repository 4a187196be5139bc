/** Keys by which tasks are the same: what is asked, whatever its spacing and case; what solves it, wherever it stands. */

import { createHash } from "node:crypto";
import type { Subject } from "./gate.js";
import { solutionChanges } from "./solution-changes.js";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/** Of an instruction: words and numbers alone. */
export function textKey(instruction: string): string {
  return hash(
    instruction
      .toLowerCase()
      .normalize("NFKC")
      .replace(/[^\p{L}\p{N}+*/<>=^.-]+/gu, " ")
      .trim(),
  );
}

/** Less than this tells no patch from another. */
const TELLING = 40;

/**
 * Of what the reference solution changes, as `git patch-id` has it: lines added and removed without their spacing, without
 * where they stand. undefined for changes too small to be told apart, such as answers.
 */
export async function patchKey(subject: Subject): Promise<string | undefined> {
  const lines = (await solutionChanges(subject)).flatMap(({ path, added, removed }) => [
    path,
    ...added.map((line) => `+${line.replace(/\s+/g, "")}`),
    ...removed.map((line) => `-${line.replace(/\s+/g, "")}`),
  ]);
  const text = lines.join("\n");
  return text.length < TELLING ? undefined : hash(text);
}
