/** Prometheus metrics of one server. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What a model's scheduler may report. */
export interface QueueStats {
  /** Sequences generating now. */
  active: number;
  /** Requests waiting for a slot. */
  queued: number;
}

const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Metrics on a registry of their own, so that servers in one process do not meet. */
export function createMetrics(stats?: () => QueueStats) {
  const registry = new Registry();
  const registers = [registry];
  if (stats) {
    new Gauge({
      name: "cachalot_queue_length",
      help: "Requests waiting for a slot of the model",
      registers,
      collect() {
        this.set(stats().queued);
      },
    });
    new Gauge({
      name: "cachalot_active_sequences",
      help: "Sequences the model is generating",
      registers,
      collect() {
        this.set(stats().active);
      },
    });
  }
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
