/** Posting lists: for a term, the documents of a field that have it and how often, as varints of rising document numbers. */

export interface PostingList {
  /** [documents of the term] rising */
  documents: Uint32Array;
  /** [documents of the term] */
  frequencies: Uint32Array;
}

/** Bytes that grow as they are written. */
export class ByteWriter {
  #bytes = new Uint8Array(1 << 16);
  length = 0;

  varint(value: number): void {
    if (this.length + 8 > this.#bytes.length) this.#grow();
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.length++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.length++] = rest;
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export function writePostings(out: ByteWriter, documents: Uint32Array, frequencies: Uint32Array): void {
  out.varint(documents.length);
  let before = 0;
  for (let i = 0; i < documents.length; i++) {
    out.varint(documents[i]! - before);
    out.varint(frequencies[i]!);
    before = documents[i]!;
  }
}

/** The posting lists in `bytes`, one for each field. @throws RangeError for bytes that are none */
export function readPostings(bytes: Uint8Array, fields: number, documentCount: number): PostingList[] {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("the postings end too early");
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  };
  return Array.from({ length: fields }, () => {
    const count = varint();
    if (count > documentCount) throw new RangeError("a term has more documents than there are");
    const documents = new Uint32Array(count);
    const frequencies = new Uint32Array(count);
    let document = 0;
    for (let i = 0; i < count; i++) {
      document += varint();
      documents[i] = document;
      frequencies[i] = varint();
    }
    if (document >= Math.max(1, documentCount)) throw new RangeError("a term has a document that is none");
    return { documents, frequencies };
  });
}
