/** Continuous batching: decides what the model computes next. */

import type { Usage } from "@cachalot/chat";
import type { CausalLanguageModel, SequenceCache } from "./language-model.js";
import type { PrefixCache } from "./prefix-cache.js";
import type { EndReason } from "./protocol.js";
import type { Sequence, SequenceUpdate } from "./sequence.js";

export interface SchedulerEvents {
  update(id: number, update: Pick<SequenceUpdate, "text" | "logprobs">): void;
  done(id: number, reason: EndReason, usage: Usage): void;
  failed(id: number, error: unknown): void;
}

export interface SchedulerOptions {
  contextLength: number;
  /** Sequences generated at the same time; more wait in order. */
  maxSequences: number;
  /** Prompt tokens read per step, so that a long prompt does not stall the others. */
  prefillChunk: number;
}

/**
 * A step reads one chunk of one prompt, then decodes one token for every sequence whose prompt is read. Nothing else
 * touches the model, so cancelling between steps frees a slot at once.
 */
export class Scheduler<Cache extends SequenceCache> {
  readonly #waiting: Sequence<Cache>[] = [];
  readonly #active: Sequence<Cache>[] = [];

  constructor(
    private readonly model: CausalLanguageModel<Cache>,
    private readonly prefixes: PrefixCache<Cache>,
    private readonly events: SchedulerEvents,
    private readonly options: SchedulerOptions,
  ) {}

  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#active.length === 0;
  }

  submit(sequence: Sequence<Cache>): void {
    this.#waiting.push(sequence);
  }

  /** Ends a sequence now. Unknown and finished ones are left alone. */
  cancel(id: number): void {
    const sequence = [...this.#waiting, ...this.#active].find((candidate) => candidate.id === id);
    if (sequence) this.#finish(sequence, { text: sequence.flush(), logprobs: [], ended: "aborted" });
  }

  step(): void {
    this.#admit();
    const reading = this.#active.find(({ unread }) => unread > 0);
    if (reading) this.#guarded([reading], () => this.#read(reading));
    const decoding = this.#active.filter((sequence) => sequence.tokens.length > sequence.promptLength);
    if (decoding.length > 0) this.#guarded(decoding, () => this.#decode(decoding));
  }

  dispose(): void {
    for (const { cache } of this.#active.splice(0)) cache?.dispose();
    this.#waiting.length = 0;
    this.prefixes.dispose();
  }

  #admit(): void {
    while (this.#active.length < this.options.maxSequences) {
      const sequence = this.#waiting.shift();
      if (!sequence) return;
      const reused = this.prefixes.take(sequence.tokens);
      sequence.cachedTokens = reused?.length ?? 0;
      sequence.cache = reused ?? this.model.createCache(this.options.contextLength);
      this.#active.push(sequence);
    }
  }

  #read(sequence: Sequence<Cache>): void {
    const cache = sequence.cache!;
    const end = Math.min(cache.length + this.options.prefillChunk, sequence.promptLength);
    const logits = this.model.prefill(Int32Array.from(sequence.tokens.slice(cache.length, end)), cache);
    if (sequence.unread === 0) this.#emit(sequence, sequence.advance(logits));
  }

  #decode(sequences: readonly Sequence<Cache>[]): void {
    const tokens = Int32Array.from(sequences, (sequence) => sequence.tokens.at(-1)!);
    const caches = sequences.map((sequence) => sequence.cache!);
    const logits = this.model.decode(tokens, caches);
    const vocab = logits.length / sequences.length;
    for (const [i, sequence] of sequences.entries()) {
      this.#guarded([sequence], () =>
        this.#emit(sequence, sequence.advance(logits.subarray(i * vocab, (i + 1) * vocab))),
      );
    }
  }

  #emit(sequence: Sequence<Cache>, update: SequenceUpdate): void {
    if (update.ended) this.#finish(sequence, update);
    else this.events.update(sequence.id, update);
  }

  #finish(sequence: Sequence<Cache>, update: SequenceUpdate): void {
    this.#release(sequence, true);
    if (update.text !== "" || update.logprobs.length > 0) this.events.update(sequence.id, update);
    this.events.done(sequence.id, update.ended ?? "aborted", sequence.usage);
  }

  #release(sequence: Sequence<Cache>, keep: boolean): void {
    for (const list of [this.#active, this.#waiting]) {
      const at = list.indexOf(sequence);
      if (at !== -1) list.splice(at, 1);
    }
    const { cache } = sequence;
    sequence.cache = undefined;
    if (!cache) return;
    if (keep) this.prefixes.put(sequence.tokens, cache);
    else cache.dispose();
  }

  /** A failing forward pass ends the sequences in it; their caches may be half written. */
  #guarded(sequences: readonly Sequence<Cache>[], run: () => void): void {
    try {
      run();
    } catch (error) {
      for (const sequence of sequences) {
        this.#release(sequence, false);
        this.events.failed(sequence.id, error);
      }
    }
  }
}
