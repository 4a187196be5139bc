/** Messages between an engine client and the worker (a thread, a process) that holds the model. All are plain data. */

import type { ChatErrorCode, GeneratedTokens, RecordOptions, TokenLogprob, Usage } from "@cachalot/chat";
import type { AttentionMode, WeightDtype } from "@cachalot/model";
import type { EngineDescription } from "./engine-description.js";
import type { ObservedModel, ObservedToken, ObserveOptions } from "./observation.js";

/** What a worker is started with. */
export interface LoadOptions {
  /** Path of the checkpoint; in a page, its address, or its files by name. */
  dir: string | ReadonlyMap<string, Blob>;
  deviceName: string | undefined;
  weights: WeightDtype;
  attention: AttentionMode | undefined;
  contextLength: number | undefined;
  maxSequences: number;
  prefillChunk: number;
  cacheBytes: number;
  draft: boolean;
  /** Version of the weights in `dir`: how often they were replaced before. */
  weightsVersion: number;
  /** In a page: where `kernels.wasm` is. */
  kernelsAddress?: string | undefined;
}

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
  /** What is recorded for training; undefined: nothing. */
  record?: RecordOptions | undefined;
  /** What is told of every generated token's way through the network, as it is generated; undefined: nothing. */
  observe?: ObserveOptions | undefined;
}

/** Replace the weights between two steps. */
export interface LoadWeightsCommand {
  type: "load-weights";
  id: number;
  /** A checkpoint directory of the same architecture. */
  dir: string;
}

/** `load` comes first and once. */
export type Command =
  | { type: "load"; options: LoadOptions }
  | GenerateCommand
  | LoadWeightsCommand
  | { type: "describe"; id: number }
  | { type: "cancel"; id: number }
  | { type: "close" };

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
  | { type: "update"; id: number; text: string; logprobs: TokenLogprob[]; observed?: ObservedToken[] | undefined }
  /** Before the first update of a sequence that is observed: what it begins with. */
  | { type: "prompt"; id: number; tokens: PromptToken[]; model: ObservedModel | undefined }
  | { type: "done"; id: number; reason: EndReason; usage: Usage; generated?: GeneratedTokens | undefined }
  /** The weights were replaced. */
  | { type: "weights"; id: number; version: number }
  /** The answer to `describe`. */
  | { type: "description"; id: number; engine: EngineDescription }
  /** `refused`: the request cannot be served. Otherwise the generation broke. */
  | { type: "error"; id: number; message: string; refused: ChatErrorCode | undefined }
  | { type: "memory"; memory: EngineMemory };

export interface PromptToken {
  id: number;
  /** Exact; a character may be spread over several tokens. */
  bytes: Uint8Array;
}

/** In bytes. */
export interface EngineMemory {
  /** Of the cache: what it takes of the machine. */
  cacheUsed: number;
  /** Of the cache: the most it may take. */
  cacheLimit: number;
  /** Of the engine's process, where it has one of its own. */
  resident?: number;
}

/** One end of the channel between them: a `MessagePort`, as far as it is needed. */
export interface Port {
  postMessage(message: unknown): void;
  // biome-ignore lint/suspicious/noExplicitAny: a message is data from elsewhere, typed by whoever receives it
  on(event: "message", listener: (message: any) => void): unknown;
  close(): void;
}
