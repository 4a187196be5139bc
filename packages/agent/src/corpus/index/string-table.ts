/** String table: many strings as one block of UTF-8 with offsets, read one by one without making them all. */

export interface PackedStrings {
  bytes: Uint8Array;
  /** [strings + 1] */
  offsets: Uint32Array;
}

export function packStrings(strings: readonly string[]): PackedStrings {
  const encoded = Buffer.from(strings.join(""));
  const offsets = new Uint32Array(strings.length + 1);
  for (const [i, text] of strings.entries()) offsets[i + 1] = offsets[i]! + Buffer.byteLength(text);
  return { bytes: encoded, offsets };
}

export class StringTable {
  readonly #bytes: Buffer;
  readonly #offsets: Uint32Array;

  constructor({ bytes, offsets }: PackedStrings) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offsets = offsets;
  }

  get length(): number {
    return this.#offsets.length - 1;
  }

  at(index: number): string {
    return this.#bytes.toString("utf8", this.#offsets[index], this.#offsets[index + 1]);
  }
}

/** Binary search for `wanted` among `length` strings in ascending order; -1 where it is not. */
export function findSorted(wanted: string, length: number, at: (index: number) => string): number {
  let low = 0;
  for (let high = length - 1; low <= high; ) {
    const middle = (low + high) >>> 1;
    const found = at(middle);
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
