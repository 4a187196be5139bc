/** A token sequence of a rollout while it grows: what was read, what was sampled, and how it went through the network. */

import type { GeneratedTokens, RolloutSequence } from "@cachalot/chat";
import { EnvironmentError } from "../errors.js";

interface Rows {
  data: Uint8Array | Int32Array;
  shape: [tokens: number, layers: number, k: number];
}

export class TokenSequence {
  readonly #ids: number[] = [];
  readonly #sampled: number[] = [];
  readonly #logprobs: number[] = [];
  readonly #rawLogprobs: number[] = [];
  readonly #versions: number[] = [];
  readonly #kept = { ids: [] as Int32Array[], counts: [] as Int32Array[] };
  #experts: Rows | undefined;
  #selection: Rows | undefined;

  /** @param fork the sequence this one left */
  constructor(private readonly fork?: RolloutSequence["fork"]) {}

  get ids(): readonly number[] {
    return this.#ids;
  }

  /**
   * Adds what a call read beyond the tokens there are, and what it sampled. Of tokens that several calls read, the first record stays:
   * answers were drawn behind that reading.
   *
   * @throws EnvironmentError `unrecorded` where the record does not go on from these tokens, or has no row for some of them
   */
  append(generated: GeneratedTokens): void {
    const { promptIds, ids, logprobs, rawLogprobs, versions, kept, experts, selection } = generated;
    const known = this.#ids.length;
    if (promptIds.length < known || this.#ids.some((id, i) => promptIds[i] !== id))
      throw broken("its prompt does not begin with the tokens that were read and sampled before");
    const lengths = [logprobs, rawLogprobs, versions, kept?.counts ?? ids].map(({ length }) => length);
    if (lengths.some((length) => length !== ids.length))
      throw broken(`it has ${ids.length} tokens, but values for ${lengths.join(", ")} of them`);
    for (const id of promptIds.slice(known)) this.#push(id, 0, Number.NaN, Number.NaN, -1);
    for (const [i, id] of ids.entries()) this.#push(id, 1, logprobs[i]!, rawLogprobs[i]!, versions[i]!);
    if (kept) {
      this.#kept.ids.push(kept.ids);
      this.#kept.counts.push(kept.counts);
    }
    this.#experts = joined(this.#experts, experts);
    this.#selection = joined(this.#selection, selection);
  }

  /** The sequence so far. */
  get result(): RolloutSequence {
    const sampled = Uint8Array.from(this.#sampled);
    return {
      ids: Int32Array.from(this.#ids),
      sampled,
      logprobs: Float32Array.from(this.#logprobs),
      rawLogprobs: Float32Array.from(this.#rawLogprobs),
      versions: Int32Array.from(this.#versions),
      ...(this.#kept.counts.length > 0
        ? { kept: { ids: concatenated(this.#kept.ids), counts: concatenated(this.#kept.counts) } }
        : {}),
      ...(this.#experts ? { experts: this.#experts as RolloutSequence["experts"] & {} } : {}),
      ...(this.#selection ? { selection: this.#selection as RolloutSequence["selection"] & {} } : {}),
      ...(this.fork ? { fork: this.fork } : {}),
    };
  }

  #push(id: number, sampled: 0 | 1, logprob: number, rawLogprob: number, version: number): void {
    this.#ids.push(id);
    this.#sampled.push(sampled);
    this.#logprobs.push(logprob);
    this.#rawLogprobs.push(rawLogprob);
    this.#versions.push(version);
  }
}

const broken = (what: string): EnvironmentError =>
  new EnvironmentError("unrecorded", `A record of sampled tokens cannot be used: ${what}; look at the policy's model`);

/** Rows that were recorded first, then what `next`, which begins at a token of its own, has behind them. */
function joined<T extends Rows>(first: Rows | undefined, next: (T & { start: number }) | undefined): Rows | undefined {
  if (!next) return first;
  const { data, start } = next;
  const [count, layers, k] = next.shape;
  const known = first?.shape[0] ?? 0;
  if (start > known) throw broken(`nothing is recorded of the tokens from ${known} to ${start}`);
  const width = layers * k;
  const total = Math.max(known, start + count);
  const rows = data instanceof Uint8Array ? new Uint8Array(total * width) : new Int32Array(total * width);
  if (first) rows.set(first.data);
  if (start + count > known) rows.set(data.subarray((known - start) * width), known * width);
  return { data: rows, shape: [total, layers, k] };
}

function concatenated(parts: readonly Int32Array[]): Int32Array {
  const out = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
