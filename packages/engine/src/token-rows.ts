/** Routing records: numbers per token, layer and choice, kept by position so that what is read twice is written twice. */

import type { RecordedRows } from "@cachalot/model";

/** A growing `[tokens, layers, k]` array. */
export class TokenRows {
  #rows = { layers: 0, k: 0 };
  #data = new Int32Array();
  #tokens = 0;

  /** The rows of the first `tokens` tokens, or of as many as there are. */
  take(tokens: number): { data: Int32Array; shape: [tokens: number, layers: number, k: number] } {
    const count = Math.max(0, Math.min(tokens, this.#tokens));
    return { data: this.slice(0, count).data, shape: [count, this.#rows.layers, this.#rows.k] };
  }

  /** Writes the rows of the tokens from `position` on. */
  write(position: number, rows: RecordedRows): void {
    this.#rows = { layers: rows.layers, k: rows.k };
    const width = this.#width;
    const count = width === 0 ? 0 : rows.data.length / width;
    const needed = (position + count) * width;
    if (needed > this.#data.length) {
      const grown = new Int32Array(2 * needed);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(rows.data, position * width);
    this.#tokens = Math.max(this.#tokens, position + count);
  }

  /** The rows of tokens `[from, to)`. */
  slice(from: number, to: number): RecordedRows {
    return { ...this.#rows, data: this.#data.slice(from * this.#width, to * this.#width) };
  }

  get #width(): number {
    return this.#rows.layers * this.#rows.k;
  }
}
