/** Polling for those who watch: the engine is asked while somebody looks, twice a second for all of them together. */

import type { LocalEngine } from "@cachalot/engine";
import type { EngineState } from "../../wire/engine.js";

const INTERVAL_MS = 500;

export type WatchedEngine = Pick<LocalEngine, "describe" | "stats">;

export async function engineState(engine: WatchedEngine | undefined): Promise<EngineState> {
  if (!engine) return { type: "state", available: true, own: false, restarts: 0 };
  const { available, restarts } = engine.stats();
  // It may die between the two questions: then it is away.
  const described = available ? await engine.describe().catch(() => undefined) : undefined;
  return {
    type: "state",
    available: described !== undefined,
    own: true,
    restarts,
    ...(described ? { engine: described as NonNullable<EngineState["engine"]> } : {}),
  };
}

export class EngineWatch {
  readonly #watchers = new Set<(state: EngineState) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly engine: WatchedEngine | undefined) {}

  /** @returns stops watching */
  watch(watcher: (state: EngineState) => void): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) void this.#ask();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) clearTimeout(this.#timer);
    };
  }

  async #ask(): Promise<void> {
    const state = await engineState(this.engine);
    for (const watcher of this.#watchers) watcher(state);
    if (this.#watchers.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), INTERVAL_MS);
    this.#timer.unref();
  }
}
