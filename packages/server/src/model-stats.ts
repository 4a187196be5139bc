/** Gauges of the model behind the server: its queue, its memory, its restarts. */

import { Gauge, type Registry } from "prom-client";

/** What a model may tell of itself; `LocalEngine.stats` does. */
export interface ModelStats {
  /** Sequences generating now. */
  active: number;
  /** Requests waiting for a slot. */
  queued: number;
  /** Most of both together: requests beyond are refused before they are read. Undefined: no limit. */
  limit?: number;
  /** False while the model cannot be asked, as while its process starts again. Default true. */
  available?: boolean;
  /** When to come back then, in milliseconds. */
  retryAfterMs?: number;
  /** How often the model's worker was started again. */
  restarts?: number;
  memory?: { cacheUsed: number; cacheLimit: number; resident?: number } | undefined;
}

type Read = (stats: ModelStats) => number | undefined;

const GAUGES: readonly [name: string, help: string, read: Read][] = [
  ["cachalot_queue_length", "Requests waiting for a slot of the model", ({ queued }) => queued],
  ["cachalot_active_sequences", "Sequences the model is generating", ({ active }) => active],
  ["cachalot_queue_limit", "Most requests running and waiting at once; more are refused", ({ limit }) => limit],
  ["cachalot_cache_used_bytes", "Memory the model's cache takes of the machine", ({ memory }) => memory?.cacheUsed],
  ["cachalot_cache_limit_bytes", "The most it may take", ({ memory }) => memory?.cacheLimit],
  [
    "cachalot_engine_resident_memory_bytes",
    "Memory of the engine's process, where it has one of its own",
    ({ memory }) => memory?.resident,
  ],
  ["cachalot_engine_restarts_total", "How often the engine died and was started again", ({ restarts }) => restarts],
];

/** What a model does not tell is left out. */
export function addModelGauges(registry: Registry, stats: () => ModelStats): void {
  for (const [name, help, read] of GAUGES)
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read(stats());
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
}
