/** The directory of a run that names none: the same evaluation goes on where it stopped, another one has another directory. */

import { createHash } from "node:crypto";
import { join } from "node:path";

/** @param what everything that makes it this evaluation */
export function defaultDirectory(benchmark: string, model: string, what: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 8);
  const name = model
    .split(/[\\/]/)
    .at(-1)!
    .replace(/[^a-zA-Z0-9._-]+/g, "-");
  return join("evals", `${benchmark}-${name}-${hash}`);
}
