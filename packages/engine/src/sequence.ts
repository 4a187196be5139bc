/** One sequence being generated: its tokens, its randomness, and when it ends. */

import type { GeneratedTokens, TokenLogprob, Usage } from "@cachalot/chat";
import { Random } from "@cachalot/tensor";
import { GeneratedTokensRecorder } from "./generated-tokens.js";
import type { EngineTokenizer, SequenceCache } from "./language-model.js";
import type { ObservedToken } from "./observation.js";
import type { EndReason, GenerateCommand } from "./protocol.js";
import { type Draft, noFiniteLogits, type SampledToken, type SampleRequest } from "./sampler.js";
import { StopMatcher } from "./stop-matcher.js";
import { describeToken, TokenDecoder } from "./token-text.js";

/** Waiting for a slot (new, or preempted), running in one with a cache, or finished. */
export type SequenceStatus = "waiting" | "running" | "finished";

export interface SequenceUpdate {
  text: string;
  logprobs: TokenLogprob[];
  /** As many as there are log-probabilities, where the sequence is observed. */
  observed?: ObservedToken[];
  ended: EndReason | undefined;
}

export class Sequence<Cache extends SequenceCache> {
  readonly id: number;
  /** Prompt and generated tokens. The last generated one is not in the cache yet. */
  readonly tokens: number[];
  readonly promptLength: number;
  /** Set by the scheduler. */
  status: SequenceStatus = "waiting";
  /** Set while the sequence runs. */
  cache: Cache | undefined;
  /** Prompt tokens found in the cache. */
  cachedTokens = 0;
  /** Gave its memory back and is read again. */
  wasPreempted = false;
  /** Version of the weights that the oldest token in the cache was read with; undefined while it holds none. */
  cacheVersion: number | undefined;
  /** Undefined where nothing is recorded. */
  readonly recorder: GeneratedTokensRecorder | undefined;
  /** How drafts fared. */
  readonly drafts = { drafted: 0, accepted: 0 };
  #draft: Draft | undefined;
  #reasoningTokens = 0;
  #reasoning: boolean;
  readonly #random: Random;
  readonly #decoder: TokenDecoder;
  readonly #stops: StopMatcher;
  readonly #thinkEnd: number | undefined;
  readonly #ends: readonly number[];

  constructor(
    readonly command: GenerateCommand,
    prompt: readonly number[],
    private readonly tokenizer: EngineTokenizer,
    private readonly contextLength: number,
  ) {
    this.id = command.id;
    this.tokens = [...prompt];
    this.promptLength = prompt.length;
    this.#reasoning = command.countReasoning;
    this.recorder = command.record ? new GeneratedTokensRecorder(command.record) : undefined;
    this.#random = new Random(command.seed);
    this.#decoder = new TokenDecoder(tokenizer);
    this.#stops = new StopMatcher(command.stop);
    this.#thinkEnd = tokenizer.tokenToId("</think>");
    this.#ends = tokenizer.endTokenIds ?? [tokenizer.eosTokenId];
  }

  /** Tokens the cache does not hold yet: 1 while the sequence generates. */
  get unread(): number {
    return this.tokens.length - (this.cache?.length ?? 0);
  }

  get usage(): Usage {
    return {
      promptTokens: this.promptLength,
      completionTokens: this.tokens.length - this.promptLength,
      reasoningTokens: this.#reasoningTokens,
      cachedTokens: Math.min(this.cachedTokens, this.promptLength),
      ...(this.drafts.drafted > 0 ? { drafts: this.drafts } : {}),
    };
  }

  /** Whether two more tokens fit: with room for one, a draft would come too late. */
  get mayDraft(): boolean {
    const generated = this.tokens.length - this.promptLength;
    return generated + 2 <= this.command.maxTokens && this.tokens.length + 2 <= this.contextLength;
  }

  /** A proposed token behind the last one: drawn from the sequence's own numbers, so it outlives preemption. */
  get draft(): Draft | undefined {
    return this.#draft;
  }

  set draft(draft: Draft | undefined) {
    this.#draft?.source.release();
    this.#draft = draft;
  }

  countDraft(accepted: boolean): void {
    this.draft = undefined;
    this.drafts.drafted++;
    if (accepted) this.drafts.accepted++;
  }

  /** Whether blocks read by this sequence come with every record that `other` wants of them. */
  recordsAllOf(other: Sequence<SequenceCache>): boolean {
    const [own, wanted] = [this.command.record, other.command.record];
    return (!wanted?.experts || own?.experts === true) && (!wanted?.selection || own?.selection === true);
  }

  /** How the next token is sampled. Uses up one of the sequence's random numbers, or two to check a draft. */
  sampleRequest(draft?: Draft): SampleRequest {
    const { temperature, topP, topK, topLogprobs, record } = this.command;
    const u = this.#random.next();
    const v = draft ? this.#random.next() : 0;
    const top = topLogprobs ?? (record ? 0 : undefined);
    return { temperature, topP, topK, u, v, draft, top, kept: record?.kept === true };
  }

  /** How a draft is drawn: as a token is, and nothing else is wanted of it. */
  draftRequest(): SampleRequest {
    return { ...this.sampleRequest(), top: undefined, kept: false };
  }

  /** The cache holds all tokens but the last, and no rejected draft. */
  forgetOverread(): void {
    const { cache, tokens } = this;
    if (cache && cache.length >= tokens.length) cache.truncate(tokens.length - 1);
  }

  /** What was recorded of the generation; undefined where nothing was asked for. */
  get generated(): GeneratedTokens | undefined {
    return this.recorder?.result(this.tokens.slice(0, this.promptLength));
  }

  /**
   * Takes a sampled token and tells what it means for the reader.
   * @param version of the weights
   * @throws EngineError `generation_failed` where the model gave no finite logits.
   */
  advance(sampled: SampledToken | undefined, version: number): SequenceUpdate {
    const { command, tokenizer } = this;
    if (!sampled) throw noFiniteLogits();
    const { token, scores } = sampled;
    this.recorder?.push(sampled, version);
    this.tokens.push(token);
    const isEnd = this.#ends.includes(token);
    if (token === this.#thinkEnd) this.#reasoning = false;
    else if (this.#reasoning && !isEnd) this.#reasoningTokens++;
    const logprobs = command.topLogprobs === undefined ? [] : [describeToken(tokenizer, token, scores!)];
    if (isEnd) return { text: this.flush(), logprobs, ended: "end-token" };
    const { text, matched } = this.#stops.push(this.#decoder.push(token));
    if (matched) return { text, logprobs, ended: "stop" };
    const generated = this.tokens.length - this.promptLength;
    if (generated >= command.maxTokens || this.tokens.length >= this.contextLength) {
      return { text: text + this.flush(), logprobs, ended: "length" };
    }
    return { text, logprobs, ended: undefined };
  }

  /** Text held back that no longer has to be. */
  flush(): string {
    const { text, matched } = this.#stops.push(this.#decoder.end());
    return matched ? text : text + this.#stops.end();
  }
}
