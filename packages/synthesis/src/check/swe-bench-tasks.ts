/** SWE-bench instances as tasks to check: each is built from its repository, as mining builds it, and put through the gates. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { code } from "../code/pipeline.js";
import { SynthesisError } from "../errors.js";
import { Dropped, type ItemContext, type Seed } from "../pipeline.js";
import type { TaskFolder } from "../task.js";
import type { FoundTask } from "./check-directory.js";

/**
 * @param file JSON or JSON Lines of instances
 * @param git clones of their repositories, with the history
 * @throws SynthesisError `invalid_task` for a file that is none
 */
export async function findInstances(file: string, git: readonly string[]): Promise<FoundTask[]> {
  const options = code.options.parse({ sweBench: file, git });
  const found: FoundTask[] = [];
  const signal = new AbortController().signal;
  for await (const seed of code.seeds(options, { cache: tmpdir(), signal }))
    found.push({ name: seed.key.replace(/^swe-bench /, ""), read: () => build(seed, options) });
  return found;
}

/** @throws SynthesisError `invalid_task` with the reason for which mining would leave it out */
async function build(seed: Seed, options: unknown): Promise<TaskFolder> {
  const cache = await mkdtemp(join(tmpdir(), "cachalot-swe-bench-"));
  const drops: string[] = [];
  const context: ItemContext = {
    ...{ cache, signal: new AbortController().signal, spend: () => {} },
    async stage(name, work) {
      try {
        return await work();
      } catch (error) {
        const why = error instanceof Dropped ? `${error.reason} ${error.detail}` : (error as Error).message;
        drops.push(`${name}: ${why}`);
        return undefined;
      }
    },
  };
  try {
    for await (const task of code.candidates(seed, options, context)) return task;
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  throw new SynthesisError("invalid_task", drops.join("; ") || "nothing can be built of it; check its repository");
}
