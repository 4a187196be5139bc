/** What a run was: everything that may move its number is kept beside it. */

import { createHash } from "node:crypto";
import type { SamplingOptions, ThinkingMode } from "@cachalot/chat";
import type { AgentOptions } from "../agent/agent-options.js";
import type { Item } from "../benchmark.js";

export interface RunHeader {
  format: "cachalot-eval";
  version: 1;
  benchmark: string;
  /** The user's file, or "bundled". */
  data: string;
  model: string;
  /** What computes: the engine with its device and weights, or an endpoint with its profile. */
  engine: string;
  /** Who writes the prompt: V3.2's codec, or the host. */
  codec: string;
  /** Who played the users of conversations, where it was a model. */
  user?: string;
  /** Who judged what no rule decides, and how often it was wrong on planted questions. */
  judge?: string;
  sampling: Omit<SamplingOptions, "seed">;
  thinkingMode: ThinkingMode;
  seed: number;
  samples: number;
  /** Strategy and budget, where the problems are an agent's. */
  agent?: AgentOptions;
  /** Problems asked. */
  items: number;
  /** SHA-256 of all prompts, tools and golds, in order. */
  prompts: string;
  cachalot: string;
  /** ISO 8601. */
  createdAt: string;
}

export function promptHash(items: readonly Item[]): string {
  const hash = createHash("sha256");
  for (const { id, messages, tools, gold } of items) hash.update(JSON.stringify([id, messages, tools ?? [], gold]));
  return hash.digest("hex");
}

/** What must be the same for a run to go on. The number of samples and problems may grow. */
const FIXED = [
  "benchmark",
  "model",
  "engine",
  "codec",
  "sampling",
  "thinkingMode",
  "seed",
  "user",
  "judge",
  "agent",
] as const;

/** @returns the fields in which a run differs from the one that is there */
export function differences(a: RunHeader, b: RunHeader): string[] {
  return FIXED.filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]));
}
