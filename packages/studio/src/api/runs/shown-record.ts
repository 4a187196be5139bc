/** Truncation of long texts: a page gets their beginnings, and asks for the rest of the one record it wants. */

import type { TraceRecord } from "@cachalot/agent";
import type { ShownRecord } from "../../wire/run-events.js";

/** Characters of a text that are sent at once. */
const LONGEST = 2000;

export function shownRecord(n: number, record: TraceRecord): ShownRecord {
  let omitted = 0;
  const shorten = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (value.length <= LONGEST) return value;
      omitted += value.length - LONGEST;
      return value.slice(0, LONGEST);
    }
    if (Array.isArray(value)) return value.map(shorten);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shorten(part)]));
  };
  // Single tokens are the ledger's; they would be most of the record.
  const { tokens: _, ...kept } = record as TraceRecord & { tokens?: unknown };
  return { n, record: shorten(kept) as TraceRecord, omitted };
}
