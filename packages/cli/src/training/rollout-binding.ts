import type { QueuedRolloutSource } from "@cachalot/environments";
import type { RolloutBinding, SourceUse } from "@cachalot/training";
import { openRolloutQueue, type RolloutQueue } from "./rollout-queue.js";

export interface BindingOptions {
  preflight: boolean;
  /** Rollouts are left to workers. */
  workers: boolean;
}

export interface BoundRollouts extends RolloutBinding {
  /** @param complete nothing is left to do: workers end, and what they shared is removed */
  close(complete: boolean): Promise<void>;
}

/**
 * Binds training's stages of rollouts to the engine, which samples, and to the environments, which pose tasks and judge. Loaded
 * where a recipe has such a stage.
 */
export function rolloutBinding({ preflight, workers }: BindingOptions): BoundRollouts {
  const queued: QueuedRolloutSource[] = [];
  let queue: RolloutQueue | undefined;

  async function queuedSource(tasks: unknown, use: SourceUse): Promise<QueuedRolloutSource> {
    queue ??= await openRolloutQueue(use.runDir);
    const source = await queue.sourceFor(tasks, use);
    queued.push(source);
    return source;
  }

  return {
    async openPolicy(network, { tokenizerDir, ...options }) {
      const [{ openPolicy }, { loadTokenizer }] = await Promise.all([
        import("@cachalot/engine"),
        import("@cachalot/model"),
      ]);
      return openPolicy(network, await loadTokenizer(tokenizerDir), options);
    },
    async sourceFor(tasks, use) {
      const { createRolloutSource, readPractices, requireWorkable, withoutSandbox } = await import(
        "@cachalot/environments"
      );
      const { all, rechecks } = readPractices(tasks);
      if (!use) await requireWorkable(all);
      const missing = use && rechecks ? await withoutSandbox() : undefined;
      if (missing !== undefined) use?.note(`nothing is re-checked in the sandbox: ${missing}`);
      if (workers && use) return queuedSource(tasks, use);
      return createRolloutSource(tasks);
    },
    preflight,
    async close(complete) {
      if (complete) for (const source of queued) await source.cancel();
      await queue?.close(complete);
    },
  };
}
