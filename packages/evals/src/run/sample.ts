/** A sample: one attempt at one problem, as a run keeps it. */

import type { FinishReason, Usage } from "@cachalot/chat";
import type { Reason } from "../benchmark.js";
import type { SampleMessage } from "../users/user-acts.js";

export interface Sample {
  /** The problem's id, and which of its samples this is, from 0. */
  item: string;
  sample: number;
  verdict: "right" | "wrong" | "not measured";
  reason?: Reason;
  because: string;
  /** What was read as the answer. */
  answer?: string;
  mark?: { got: number; most: number };
  gold: string;
  /** The conversation, and what a simulated user did between its messages. */
  messages: readonly SampleMessage[];
  finishReason?: FinishReason;
  /** Of all turns together. */
  usage: Pick<Usage, "promptTokens" | "completionTokens" | "reasoningTokens" | "cachedTokens">;
  toolCalls: number;
  /** Model calls of an agent, and how often its conversation was made shorter: of all trajectories together. */
  steps?: number;
  edits?: number;
  seed: number;
  seconds: number;
  /** ISO 8601. */
  startedAt: string;
}

/** Of samples that say nothing of the model: what could not be asked is asked again. */
const BROKEN: ReadonlySet<Sample["reason"]> = new Set(["infrastructure", "unsupported"] as const);
export const isBroken = ({ reason }: Pick<Sample, "reason">): boolean => BROKEN.has(reason);

export const keyOf = ({ item, sample }: Pick<Sample, "item" | "sample">): string => JSON.stringify([item, sample]);
