/** Messages between an engine client and the worker (a thread, a process) that holds the model. All are plain data. */

import type { ChatErrorCode, TokenLogprob, Usage } from "@cachalot/chat";

/** One sequence to generate. */
export interface GenerateCommand {
  type: "generate";
  id: number;
  prompt: string | readonly number[];
  temperature: number;
  topP: number;
  topK: number;
  seed: number;
  stop: readonly string[];
  maxTokens: number;
  /** Undefined: no log-probabilities. */
  topLogprobs: number | undefined;
  /** The completion begins inside reasoning: count its tokens. */
  countReasoning: boolean;
}

export type Command = GenerateCommand | { type: "cancel"; id: number } | { type: "close" };

/** Why a sequence ended: its end token, a stop string, its length, or a cancel. */
export type EndReason = "end-token" | "stop" | "length" | "aborted";

/** What one step brought, in one message: every message wakes the client's thread, which kernels share their cores with. */
export interface WorkerMessages {
  type: "messages";
  messages: WorkerMessage[];
}

export type WorkerMessage =
  | { type: "ready"; contextLength: number }
  | { type: "load-failed"; message: string }
  /** New text of a sequence (it may be empty while a stop string or a character is undecided). */
  | { type: "update"; id: number; text: string; logprobs: TokenLogprob[] }
  | { type: "done"; id: number; reason: EndReason; usage: Usage }
  /** `refused`: the request cannot be served. Otherwise the generation broke. */
  | { type: "error"; id: number; message: string; refused: ChatErrorCode | undefined };

/** One end of the channel between them: a `MessagePort`, as far as it is needed. */
export interface Port {
  postMessage(message: unknown): void;
  // biome-ignore lint/suspicious/noExplicitAny: a message is data from elsewhere, typed by whoever receives it
  on(event: "message", listener: (message: any) => void): unknown;
  close(): void;
}
