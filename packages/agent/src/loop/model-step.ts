/** What a finished model call is to a run: its message, what it took, and its tokens where they were asked for. */

import type { AssistantMessage, FinishReason, Usage } from "@cachalot/chat";

/** One generated token, as a run keeps it. */
export interface TokenRecord {
  id?: number;
  token: string;
  logprob: number;
}

/** A finished model call. */
export interface ModelStep {
  message: AssistantMessage;
  finishReason: FinishReason;
  usage: Usage;
  /** Milliseconds since 1970. */
  startedAt: number;
  durationMs: number;
  /** Every token of the answer, when the request asked for log-probabilities. */
  tokens?: TokenRecord[];
}
