import type { TraceRecord } from "@cachalot/agent";

/** A record of a trace as a page shows it. */
export interface ShownRecord {
  n: number;
  record: TraceRecord;
  /** Characters of long texts that were left out. */
  omitted: number;
}

/** A call that waits for a word. */
export interface PendingCall {
  ticket: number;
  name: string;
  arguments: string;
}

export type RunEvent =
  | ({ type: "record" } & ShownRecord)
  /** What follows this many records is written anew. */
  | { type: "rewind"; length: number }
  | { type: "state"; state: string; pending: PendingCall | null }
  | { type: "end" };
