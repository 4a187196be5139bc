/** One sequence being generated: its tokens, its randomness, and when it ends. */

import type { TokenLogprob, Usage } from "@cachalot/chat";
import { Random } from "@cachalot/tensor";
import type { EngineTokenizer, SequenceCache } from "./language-model.js";
import type { EndReason, GenerateCommand } from "./protocol.js";
import type { Draft } from "./speculative-sampling.js";
import { StopMatcher } from "./stop-matcher.js";
import { noFiniteLogits } from "./token-scores.js";
import { describeToken, TokenDecoder } from "./token-text.js";

/** Waiting for a slot (new, or preempted), running in one with a cache, or finished. */
export type SequenceStatus = "waiting" | "running" | "finished";

export interface SequenceUpdate {
  text: string;
  logprobs: TokenLogprob[];
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
  /** A guess at the token behind the last one: drawn from the sequence's own numbers, so it outlives preemption. */
  draft: Draft | undefined;
  /** How drafts fared. */
  readonly drafts = { drafted: 0, accepted: 0 };
  #reasoningTokens = 0;
  #reasoning: boolean;
  readonly #random: Random;
  readonly #decoder: TokenDecoder;
  readonly #stops: StopMatcher;
  readonly #thinkEnd: number | undefined;

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
    this.#random = new Random(command.seed);
    this.#decoder = new TokenDecoder(tokenizer);
    this.#stops = new StopMatcher(command.stop);
    this.#thinkEnd = tokenizer.tokenToId("</think>");
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

  /** The next random number. */
  readonly random = (): number => this.#random.next();

  /** How the next token is drawn: see `sampleTokens`. Every call uses up a random number. */
  sampling(): [temperature: number, topP: number, topK: number, u: number] {
    const { temperature, topP, topK } = this.command;
    return [temperature, topP, topK, this.random()];
  }

  /** Takes the token drawn from logits `[vocab]` and tells what it means for the reader. */
  advance(token: number, logits: Float32Array): SequenceUpdate {
    const { command, tokenizer } = this;
    if (token < 0) throw noFiniteLogits();
    this.tokens.push(token);
    if (token === this.#thinkEnd) this.#reasoning = false;
    else if (this.#reasoning && token !== tokenizer.eosTokenId) this.#reasoningTokens++;
    const logprobs =
      command.topLogprobs === undefined ? [] : [describeToken(tokenizer, logits, token, command.topLogprobs)];
    if (token === tokenizer.eosTokenId) return { text: this.flush(), logprobs, ended: "end-token" };
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
