/** Prometheus metrics of one server. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { addModelGauges, type ModelStats } from "./model-stats.js";

const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Metrics on a registry of their own, so that servers in one process do not meet. */
export function createMetrics(stats?: () => ModelStats) {
  const registry = new Registry();
  const registers = [registry];
  if (stats) addModelGauges(registry, stats);
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the server's process",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return {
    registry,
    requests: new Counter({
      name: "cachalot_http_requests_total",
      help: "Answered requests; status 499 means the client went away",
      labelNames: ["method", "route", "status"],
      registers,
    }),
    duration: new Histogram({
      name: "cachalot_http_request_duration_seconds",
      help: "Time until the last byte was produced",
      labelNames: ["route"],
      buckets: SECONDS,
      registers,
    }),
    inFlight: new Gauge({
      name: "cachalot_generations_in_flight",
      help: "Requests being generated, queued ones included",
      registers,
    }),
    tokens: new Counter({
      name: "cachalot_tokens_total",
      help: "Tokens of finished generations; cached ones are part of prompt, reasoning ones of completion",
      labelNames: ["kind"],
      registers,
    }),
    drafts: new Counter({
      name: "cachalot_draft_tokens_total",
      help: "Tokens of finished generations that the model guessed ahead, by what became of them",
      labelNames: ["result"],
      registers,
    }),
    timeToFirstToken: new Histogram({
      name: "cachalot_time_to_first_token_seconds",
      help: "From the start of a generation to its first text",
      buckets: SECONDS,
      registers,
    }),
    repairs: new Counter({
      name: "cachalot_repairs_total",
      help: "What was put right in requests and answers, by kind; missing-reasoning could not be",
      labelNames: ["kind"],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
