/** Continuous batching: decides what the model computes next. */

import type { GeneratedTokens, Usage } from "@cachalot/chat";
import type { RoutingRecord } from "@cachalot/model";
import { planStep, type Reading } from "./batch-plan.js";
import { describeSequence } from "./describe-engine.js";
import { draftTokens } from "./draft-tokens.js";
import type { EngineTotals, SchedulerDescription } from "./engine-description.js";
import type { CausalLanguageModel, ForwardResult, SequenceCache, SequenceInput } from "./language-model.js";
import { PrefixTree } from "./prefix-tree.js";
import type { EndReason } from "./protocol.js";
import { addObservations, type Outcome, sampleBatch } from "./sample-batch.js";
import type { Sequence, SequenceUpdate } from "./sequence.js";

export interface SchedulerEvents {
  update(id: number, update: Omit<SequenceUpdate, "ended">): void;
  done(id: number, reason: EndReason, usage: Usage, generated: GeneratedTokens | undefined): void;
  failed(id: number, error: unknown): void;
}

export interface SchedulerOptions {
  contextLength: number;
  /** Sequences generated at the same time; more wait in order. */
  maxSequences: number;
  /** Prompt tokens read per step, so that a long prompt does not stall the others. */
  prefillChunk: number;
  /** Most blocks kept for prompts that begin the same way. Default: as long as nothing else needs the memory. */
  prefixBlocks?: number;
  /** How often the weights were replaced before. Default 0. */
  weightsVersion?: number;
}

/** The tokens of a reading, its draft behind them. */
function inputOf<Cache extends SequenceCache>(reading: Reading<Cache>): SequenceInput<Cache> {
  const { sequence, count, draft, scored } = reading;
  const { record, observe } = sequence.command;
  const { length } = sequence.cache!;
  const tokens = sequence.tokens.slice(length, length + count);
  if (draft) tokens.push(draft.token);
  const observed = scored > 0 && observe ? { observe } : {};
  return { cache: sequence.cache!, tokens: Int32Array.from(tokens), scored, record, ...observed };
}

/**
 * A step is one forward pass: a token of every sequence that generates and a share of the prompts that are being read.
 * Blocks that were read are found again by their tokens, also by sequences that run at the same time. When memory runs out,
 * kept blocks go first; then the youngest sequence gives its own back and waits to be read again. Nothing else touches the
 * model, so cancelling between steps frees a slot at once. A model with a multi-token-prediction layer drafts: each sequence
 * that generates reads a guess behind its last token, and where that was right, the step brings it two.
 */
export class Scheduler<Cache extends SequenceCache> {
  readonly #waiting: Sequence<Cache>[] = [];
  /** Oldest first. */
  readonly #running: Sequence<Cache>[] = [];
  readonly #prefixes: PrefixTree;
  readonly #lookahead: 0 | 1;
  /** Cancelled while a step was under way. */
  readonly #cancelled = new Set<number>();
  #isStepping = false;
  #weightsVersion: number;
  readonly #totals: EngineTotals = { steps: 0, generated: 0, read: 0, drafted: 0, accepted: 0, preempted: 0 };

  constructor(
    private readonly model: CausalLanguageModel<Cache>,
    private readonly events: SchedulerEvents,
    private readonly options: SchedulerOptions,
  ) {
    this.#weightsVersion = options.weightsVersion ?? 0;
    // What a multi-token-prediction layer keeps of a token depends on the next one.
    this.#lookahead = model.draft ? 1 : 0;
    this.#prefixes = new PrefixTree(model.blocks, options.prefixBlocks, this.#lookahead);
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#running.length === 0;
  }

  submit(sequence: Sequence<Cache>): void {
    this.#waiting.push(sequence);
  }

  /** How often the model's weights were replaced. */
  get weightsVersion(): number {
    return this.#weightsVersion;
  }

  /**
   * The model has new weights: what finished sequences left behind is forgotten, and running ones go on with the new weights
   * over what they have read with the old ones. Between steps only.
   */
  weightsChanged(): void {
    this.#weightsVersion++;
    this.#prefixes.clear();
  }

  /** Ends a sequence before the next step. Unknown and finished ones are left alone. */
  cancel(id: number): void {
    if (this.#isStepping) {
      this.#cancelled.add(id);
      return;
    }
    const sequence = [...this.#waiting, ...this.#running].find((candidate) => candidate.id === id);
    if (sequence) this.#finish(sequence, { text: sequence.flush(), logprobs: [], ended: "aborted" });
  }

  /** One forward pass: decides what it reads, runs it, applies what came of it. */
  async step(): Promise<void> {
    this.#isStepping = true;
    try {
      const plan = this.schedule();
      if (plan.length > 0) await this.#run(plan);
    } finally {
      this.#isStepping = false;
    }
    for (const id of this.#cancelled) this.cancel(id);
    this.#cancelled.clear();
  }

  /**
   * Decides: gives free slots to those that wait, and says what each running sequence reads next. Every sequence of the plan
   * has the blocks it needs; those it took them from wait again.
   */
  schedule(): Reading<Cache>[] {
    this.#admit();
    for (const sequence of this.#running) this.#reuse(sequence);
    const plan = planStep(this.#running, this.options.prefillChunk, {
      blockSize: this.model.blocks.blockSize,
      lookahead: this.#lookahead,
    });
    let promised = 0;
    const affordable = plan.filter((reading) => {
      const needed = this.#blocksFor(reading);
      if (!this.#makeRoom(reading.sequence, promised + needed)) return false;
      promised += needed;
      return true;
    });
    // Making room may have sent a sequence of the plan back to wait.
    return affordable.filter(({ sequence }) => sequence.status === "running");
  }

  /** What it is doing, between steps. @param limit most runs of the prefix tree */
  describe(limit: number): SchedulerDescription {
    return {
      sequences: [...this.#running, ...this.#waiting].map((sequence) => describeSequence(sequence, this.model.blocks)),
      totals: { ...this.#totals },
      prefixBlocks: this.#prefixes.size,
      prefixes: this.#prefixes.describe(limit),
    };
  }

  dispose(): void {
    for (const sequence of [...this.#running, ...this.#waiting]) this.#release(sequence);
    this.#prefixes.clear();
  }

  #admit(): void {
    while (this.#running.length < this.options.maxSequences) {
      const sequence = this.#waiting.shift();
      if (!sequence) return;
      sequence.status = "running";
      sequence.cache = this.model.createCache(this.options.contextLength);
      this.#running.push(sequence);
    }
  }

  /** Trades what a sequence has read for more that others have. */
  #reuse(sequence: Sequence<Cache>): void {
    if (sequence.unread <= 1) return;
    const { blockSize } = this.model.blocks;
    const known = this.#prefixes.match(sequence.tokens, sequence.command.record);
    const length = known.length * blockSize;
    const held = sequence.cache!.length;
    if (length <= held) return;
    const longer = this.model.createCache(
      this.options.contextLength,
      known.map(({ block }) => block),
    );
    sequence.cache!.dispose();
    sequence.cache = longer;
    sequence.cacheVersion = this.#weightsVersion;
    for (const [i, { record }] of known.entries()) sequence.recorder?.route(i * blockSize, record);
    if (!sequence.wasPreempted) sequence.cachedTokens += length - held;
  }

  #blocksFor({ sequence, count, draft }: Reading<Cache>): number {
    const { cache } = sequence;
    const rows = count + Number(draft !== undefined);
    return cache ? Math.ceil((cache.length + rows) / this.model.blocks.blockSize) - cache.blocks.length : 0;
  }

  /** Whether there is memory for a sequence to read on, after taking it from younger ones if need be. */
  #makeRoom(sequence: Sequence<Cache>, needed: number): boolean {
    const { blocks } = this.model;
    if (sequence.status !== "running") return false;
    if (blocks.free < needed) this.#prefixes.evict(needed - blocks.free);
    while (blocks.free < needed) {
      const youngest = this.#running.at(-1);
      if (!youngest || youngest === sequence) return false;
      this.#preempt(youngest);
      this.#prefixes.evict(needed - blocks.free);
    }
    return true;
  }

  #preempt(sequence: Sequence<Cache>): void {
    this.#running.splice(this.#running.indexOf(sequence), 1);
    sequence.cache!.dispose();
    sequence.cache = undefined;
    sequence.cacheVersion = undefined;
    sequence.status = "waiting";
    sequence.wasPreempted = true;
    this.#totals.preempted++;
    this.#waiting.unshift(sequence);
  }

  async #run(plan: readonly Reading<Cache>[]): Promise<void> {
    const past = plan.map(({ sequence }) => sequence.cache!.length);
    const before = plan.map(({ sequence }) => sequence.tokens.length);
    let result: ForwardResult;
    try {
      result = await this.model.forward(plan.map(inputOf));
    } catch (error) {
      // Which of them it was shows when each is tried by itself.
      if (plan.length > 1) for (const reading of plan) await this.#run([reading]);
      else this.#fail(plan[0]!.sequence, error);
      return;
    }
    for (const [i, { sequence }] of plan.entries()) {
      sequence.cacheVersion ??= this.#weightsVersion;
      sequence.recorder?.route(past[i]!, result.records?.[i]);
    }
    const outcomes = await this.#sample(plan, past, result);
    addObservations(plan, past, result.observed, outcomes);
    this.#count(plan, past, before);
    this.#apply(plan, outcomes);
  }

  /** The next tokens of all sequences of the plan that have read all they have, and drafts behind them. */
  async #sample(
    plan: readonly Reading<Cache>[],
    past: readonly number[],
    { logits, hidden }: ForwardResult,
  ): Promise<Outcome<Cache>[]> {
    try {
      const outcomes = await sampleBatch(plan, logits, this.#weightsVersion);
      if (hidden) await draftTokens(this.model, plan, past, hidden, outcomes);
      return outcomes;
    } catch (error) {
      return plan.map(({ sequence }) => ({ sequence, error }));
    } finally {
      logits?.dispose();
      hidden?.dispose();
    }
  }

  /** @param before tokens each reading's sequence had before the step */
  #count(plan: readonly Reading<Cache>[], past: readonly number[], before: readonly number[]): void {
    const totals = this.#totals;
    totals.steps++;
    for (const [i, { sequence, count, draft }] of plan.entries()) {
      const sampled = sequence.tokens.length - before[i]!;
      totals.generated += sampled;
      totals.read += Math.max(0, Math.min(sequence.promptLength - past[i]!, count));
      totals.drafted += Number(draft !== undefined);
      totals.accepted += Number(draft !== undefined && sampled === 2);
    }
  }

  /** Applies: what was read can be found by others, what was sampled goes to its readers, what ended gives its slot back. */
  #apply(plan: readonly Reading<Cache>[], outcomes: readonly Outcome<Cache>[]): void {
    const failed = new Set(outcomes.filter(({ error }) => error !== undefined).map(({ sequence }) => sequence));
    for (const { sequence, count } of plan) if (count > 1 && !failed.has(sequence)) this.#keep(sequence);
    for (const { sequence, update, error } of outcomes) {
      if (failed.has(sequence)) this.#fail(sequence, error);
      else if (update?.ended) this.#finish(sequence, update);
      else if (update) this.events.update(sequence.id, update);
    }
  }

  /** Lets others find the full blocks of a sequence. */
  #keep({ cache, cacheVersion, tokens, recorder }: Sequence<Cache>): void {
    if (!cache || cacheVersion !== this.#weightsVersion) return;
    const known = tokens.slice(0, cache.length + this.#lookahead);
    this.#prefixes.insert(known, cache.blocks, recorder && ((from, to): RoutingRecord => recorder.routes(from, to)));
  }

  #finish(sequence: Sequence<Cache>, update: SequenceUpdate): void {
    this.#keep(sequence);
    this.#release(sequence);
    if (update.text !== "" || update.logprobs.length > 0) this.events.update(sequence.id, update);
    this.events.done(sequence.id, update.ended ?? "aborted", sequence.usage, sequence.generated);
  }

  #fail(sequence: Sequence<Cache>, error: unknown): void {
    this.#release(sequence);
    this.events.failed(sequence.id, error);
  }

  #release(sequence: Sequence<Cache>): void {
    for (const list of [this.#running, this.#waiting]) {
      const at = list.indexOf(sequence);
      if (at !== -1) list.splice(at, 1);
    }
    sequence.cache?.dispose();
    sequence.cache = undefined;
    sequence.draft = undefined;
    sequence.status = "finished";
  }
}
