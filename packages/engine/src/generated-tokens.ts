/** The record of what a call sampled: what reinforcement learning needs of every token to train on it. */

import type { GeneratedTokens, RecordOptions } from "@cachalot/chat";
import type { RoutingRecord } from "@cachalot/model";
import type { SampledToken } from "./sampler.js";
import { TokenRows } from "./token-rows.js";

/** Collects the record of one sequence while it is generated. */
export class GeneratedTokensRecorder {
  readonly #experts: TokenRows | undefined;
  readonly #selection: TokenRows | undefined;
  readonly #ids: number[] = [];
  readonly #logprobs: number[] = [];
  readonly #rawLogprobs: number[] = [];
  readonly #versions: number[] = [];
  readonly #keptIds: number[] = [];
  readonly #keptCounts: number[] = [];

  constructor(private readonly options: RecordOptions) {
    this.#experts = options.experts ? new TokenRows() : undefined;
    this.#selection = options.selection ? new TokenRows() : undefined;
  }

  /** @param version of the weights that drew the token */
  push({ token, logprob, scores, kept }: SampledToken, version: number): void {
    this.#ids.push(token);
    this.#logprobs.push(logprob);
    this.#rawLogprobs.push(scores!.logprob);
    this.#versions.push(version);
    this.#keptCounts.push(kept?.length ?? 0);
    for (const id of kept ?? []) this.#keptIds.push(id);
  }

  /** How the tokens from `position` on went through the network. What is read twice replaces what was recorded first. */
  route(position: number, record: RoutingRecord | undefined): void {
    if (record?.experts) this.#experts?.write(position, record.experts);
    if (record?.selection) this.#selection?.write(position, record.selection);
  }

  /** What is known of the tokens `[from, to)`. */
  routes(from: number, to: number): RoutingRecord {
    return { experts: this.#experts?.slice(from, to), selection: this.#selection?.slice(from, to) };
  }

  /** The record so far; the last token was not read yet. */
  result(promptIds: readonly number[]): GeneratedTokens {
    const read = promptIds.length + this.#ids.length - 1;
    const [experts, selection] = [this.#experts?.take(read), this.#selection?.take(read)];
    return {
      promptIds: [...promptIds],
      ids: [...this.#ids],
      logprobs: [...this.#logprobs],
      rawLogprobs: [...this.#rawLogprobs],
      versions: [...this.#versions],
      ...(this.options.kept
        ? { kept: { ids: Int32Array.from(this.#keptIds), counts: Int32Array.from(this.#keptCounts) } }
        : {}),
      ...(experts ? { experts: { data: Uint8Array.from(experts.data), shape: experts.shape, start: 0 } } : {}),
      ...(selection ? { selection: { ...selection, start: 0 } } : {}),
    };
  }
}
