import type {
  FinishReason,
  GeneratedTokens,
  RecordOptions,
  RepairEvent,
  SamplingOptions,
  TokenLogprob,
  Usage,
} from "./chat-model.js";

export interface CompletionRequest extends SamplingOptions {
  /** Text (special tokens are recognised in it) or token ids. Sent as it is: no template, no BOS added. */
  prompt: string | readonly number[];
  /** Record what was sampled, for training; `{}` records tokens and log-probabilities only. */
  record?: RecordOptions;
  signal?: AbortSignal;
}

export type CompletionEvent =
  | { type: "text"; delta: string }
  | { type: "logprobs"; tokens: TokenLogprob[] }
  | { type: "generated"; tokens: GeneratedTokens }
  | { type: "usage"; usage: Usage }
  | RepairEvent
  | { type: "finish"; reason: Exclude<FinishReason, "tool_calls"> };

/** Continues raw text: the layer under a chat template. The last event is always `finish`, with `usage` before it. */
export interface CompletionModel {
  readonly id: string;
  readonly contextLength: number;
  /** @throws ChatError `context_length_exceeded` when the prompt does not fit. */
  complete(request: CompletionRequest): AsyncIterable<CompletionEvent>;
}
