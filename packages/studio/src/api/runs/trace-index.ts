/** Index of a trace: where each record stands in the file, and what the steps cost, read no further than the file has grown. */

import { type FileHandle, open } from "node:fs/promises";
import type { TraceRecord } from "@cachalot/agent";
import type { RunStep } from "../../wire/runs.js";
import { StepTable } from "./step-table.js";

const CHUNK = 2 ** 22;

interface Place {
  offset: number;
  length: number;
}

export class TraceIndex {
  private places: Place[] = [];
  private table = new StepTable();
  private end = 0;
  private tail = "";
  private busy: Promise<void> = Promise.resolve();
  /** Times the file was found to be another than the one known: a resumed run writes its last records again. */
  rewrites = 0;
  /** Records that stayed the same at the last rewrite. */
  common = 0;

  constructor(private readonly path: string) {}

  get length(): number {
    return this.places.length;
  }

  get steps(): readonly RunStep[] {
    return this.table.steps;
  }

  get facts(): StepTable["facts"] {
    return this.table.facts;
  }

  /** Reads what was added. @throws the file system's errors; SyntaxError for a line that is no JSON */
  refresh(): Promise<void> {
    this.busy = this.busy.catch(() => {}).then(() => this.read());
    return this.busy;
  }

  /** Records `[from, to)`. */
  async records(from: number, to: number): Promise<TraceRecord[]> {
    const wanted = this.places.slice(from, to);
    const [first] = wanted;
    if (!first) return [];
    const last = wanted.at(-1)!;
    const file = await open(this.path);
    try {
      const bytes = await bytesAt(file, first.offset, last.offset + last.length - first.offset);
      return wanted.map(({ offset, length }) => {
        const start = offset - first.offset;
        return JSON.parse(bytes.toString("utf8", start, start + length)) as TraceRecord;
      });
    } finally {
      await file.close();
    }
  }

  private async read(): Promise<void> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      if (!(await this.isSame(file, size))) this.forget();
      while (this.end < size && (await this.readChunk(file, Math.min(size - this.end, CHUNK), size)));
      if (this.previous.length > 0) this.settle();
    } finally {
      await file.close();
    }
  }

  private previous: Place[] = [];

  private forget(): void {
    this.previous = this.places;
    this.places = [];
    this.table = new StepTable();
    this.end = 0;
    this.tail = "";
  }

  private settle(): void {
    const differs = this.previous.findIndex(
      ({ offset, length }, i) => this.places[i]?.offset !== offset || this.places[i]?.length !== length,
    );
    this.common = differs < 0 ? this.previous.length : differs;
    this.rewrites++;
    this.previous = [];
  }

  /** Whether the last record that is known still stands there. */
  private async isSame(file: FileHandle, size: number): Promise<boolean> {
    const last = this.places.at(-1);
    if (!last) return true;
    if (size < this.end) return false;
    return (await bytesAt(file, last.offset, last.length)).toString("latin1") === this.tail;
  }

  /** @returns whether there may be more */
  private async readChunk(file: FileHandle, length: number, size: number): Promise<boolean> {
    const bytes = await bytesAt(file, this.end, length);
    let start = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
      this.table.add(JSON.parse(bytes.toString("utf8", start, at)) as TraceRecord);
      this.places.push({ offset: this.end + start, length: at - start });
      this.tail = "";
      start = at + 1;
    }
    if (start > 0) this.tail = bytes.toString("latin1", start - 1 - this.places.at(-1)!.length, start - 1);
    this.end += start;
    if (start > 0) return true;
    // A record longer than a chunk, or one that is being written.
    return this.end + length < size ? this.readChunk(file, Math.min(size - this.end, 2 * length), size) : false;
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
