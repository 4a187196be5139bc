import type { ChatMessage, ThinkingMode, ToolChoice, ToolDefinition } from "./messages.js";

/** How tokens are drawn. Defaults are the authors': temperature 1.0, topP 0.95. */
export interface SamplingOptions {
  /** 0 is greedy. Default 1.0. */
  temperature?: number;
  /** Nucleus mass in (0, 1]. Default 0.95. */
  topP?: number;
  /** Keep the k most probable tokens; 0 keeps all. Default 0. */
  topK?: number;
  /** Same seed, same prompt, same model: same tokens. */
  seed?: number;
  /** Generation stops before any of these strings. */
  stop?: readonly string[];
  /** Upper bound on generated tokens. Default: what is left of the context. */
  maxTokens?: number;
  /** Report the log-probability of each token and of this many alternatives (0..20). Undefined reports none. */
  topLogprobs?: number;
}

/** Every name a client gives to a degree of thinking; hosts know some of them. */
export const REASONING_EFFORTS = ["minimal", "low", "medium", "high", "xhigh", "max", "ultra"] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

export interface GenerateRequest extends SamplingOptions {
  messages: readonly ChatMessage[];
  tools?: readonly ToolDefinition[];
  /**
   * Default "auto". "none" keeps the tools in the prompt, and with it the cached prefix; no call is made. Only some hosts
   * enforce the others: other models refuse them.
   */
  toolChoice?: ToolChoice;
  /** false: at most one call. Refused by models that cannot promise it. */
  parallelToolCalls?: boolean;
  responseFormat?: Record<string, unknown>;
  /** Default "thinking". */
  thinkingMode?: ThinkingMode;
  /** How long to think, for hosts of models that know degrees (DeepSeek-V4). Others think as they do. */
  reasoningEffort?: ReasoningEffort;
  /** Who asks and how to cache (`user`, `metadata`, `prompt_cache_key` ...): sent on to hosts that read it, else unused. */
  labels?: Readonly<Record<string, unknown>>;
  /** Record what was sampled, for training; `{}` records tokens and log-probabilities only. */
  record?: RecordOptions;
  signal?: AbortSignal;
}

export interface TokenLogprob {
  /** The token's id, where the model tells it: the local engine does. */
  id?: number;
  token: string;
  logprob: number;
  bytes: number[];
  top: { token: string; logprob: number; bytes: number[] }[];
}

export interface Usage {
  promptTokens: number;
  completionTokens: number;
  reasoningTokens: number;
  /** Prompt tokens served from the prefix cache. */
  cachedTokens: number;
  /** Only of an engine that drafts: tokens it guessed ahead, and how many of them were right. */
  drafts?: { drafted: number; accepted: number };
}

/**
 * `stop`: end token or stop string. `length`: maxTokens or the end of the context. `tool_calls`: the message calls tools,
 * and all of its calls are whole. `content_filter`: the host withheld the rest.
 */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "aborted";

/**
 * What a call sampled, token by token: what one trains on. Prompt and answer are in the model's own token ids, so a rollout is
 * continued by ids and never by encoding its text again.
 */
export interface GeneratedTokens {
  /** The prompt as the model read it. */
  promptIds: number[];
  /** What was sampled, the end token included. */
  ids: number[];
  /** Log-probabilities under the sampling distribution: after temperature, top-k and top-p. As long as `ids`. */
  logprobs: number[];
  /** Log-probabilities under the model itself: temperature 1, the whole vocabulary. As long as `ids`. */
  rawLogprobs: number[];
  /** Version of the weights that drew each token; rises by one whenever an engine loads new ones. As long as `ids`. */
  versions: number[];
  /** The tokens each could have been drawn from: `counts[i]` ids each, one after the other; 0 is the whole vocabulary. */
  kept?: { ids: Int32Array; counts: Int32Array };
  /** Experts chosen for every token read, from position `start` on: `[tokens, MoE layers, experts per token]`. */
  experts?: { data: Uint8Array; shape: [tokens: number, layers: number, k: number]; start: number };
  /** Positions the lightning indexer selected, -1 where all or fewer were: `[tokens, layers, index_topk]`. */
  selection?: { data: Int32Array; shape: [tokens: number, layers: number, k: number]; start: number };
}

/** What of a call is recorded beside its tokens and their log-probabilities. */
export interface RecordOptions {
  /** The set of tokens each was drawn from (keep sampling mask). */
  kept?: boolean | undefined;
  /** The experts chosen for every token and layer (keep routing). */
  experts?: boolean | undefined;
  /** The positions the lightning indexer selected for every token and layer (keep selection). */
  selection?: boolean | undefined;
}

/**
 * What kind of thing was put right.
 * - `format`: a slip of the model in the completion's format
 * - `leaked-calls`: tool calls an endpoint delivered as text
 * - `relabelled-reasoning`: an answer an endpoint delivered as reasoning
 * - `tool-call-id`, `tool-call-arguments`: a missing id or unusable arguments in an endpoint's answer
 * - `retried`, `resumed`: a request that failed, a stream that broke
 * - `restored-reasoning`: reasoning a client dropped from the history
 * - `missing-reasoning`: reasoning that should be there and is not known: the one thing that could not be put right
 * - `field-name`: reasoning under another name in a request
 * - `forced-thinking`: chat mode asked of a model that always thinks
 * - `cut-call`: a call that a stop string or the length cut; its arguments stay open
 * - `withheld-calls`: calls that were not to be made: the tool choice was none, or nobody offered such a tool
 * - `dropped-field`: a field of a request that contradicts another
 * - `empty-answer`: the model ended after its reasoning, without an answer: nothing could be put right
 */
export type RepairKind =
  | "format"
  | "leaked-calls"
  | "relabelled-reasoning"
  | "tool-call-id"
  | "tool-call-arguments"
  | "retried"
  | "resumed"
  | "restored-reasoning"
  | "missing-reasoning"
  | "field-name"
  | "forced-thinking"
  | "cut-call"
  | "withheld-calls"
  | "dropped-field"
  | "empty-answer";

/** Something that was put right. `kind` is `format` when it is left out. */
export interface RepairEvent {
  type: "repair";
  description: string;
  kind?: RepairKind;
}

/** What a model emits, in order. Concatenated deltas equal the final message. */
export type ChatEvent =
  | { type: "reasoning"; delta: string }
  | { type: "content"; delta: string }
  /** A call begins: `index` counts calls of this message from 0. */
  | { type: "tool-call"; index: number; id: string; name: string }
  /** A piece of call `index`'s arguments JSON. */
  | { type: "tool-call-arguments"; index: number; delta: string }
  | { type: "logprobs"; tokens: TokenLogprob[] }
  /** Once, before `usage`, where a recording was asked for and the model can give one: the local engine does. */
  | { type: "generated"; tokens: GeneratedTokens }
  | { type: "usage"; usage: Usage }
  | RepairEvent
  | { type: "finish"; reason: FinishReason };

/**
 * Anything that continues a conversation: the local engine, a remote endpoint, a scripted policy.
 * Every layer above `chat` sees only this interface.
 */
export interface ChatModel {
  /** The model's name as an API shows it. */
  readonly id: string;
  /** Tokens the model can attend to, prompt and completion together. */
  readonly contextLength: number;
  /**
   * Streams one assistant message. The last event is always `finish`, with `usage` before it.
   * Aborting `request.signal` ends the stream with `finish: aborted` and frees the model's slot.
   *
   * @throws ChatError for a request the model cannot serve (bad messages, a prompt longer than the context).
   */
  generate(request: GenerateRequest): AsyncIterable<ChatEvent>;
}
