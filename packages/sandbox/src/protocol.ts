/** What the supervisor inside a sandbox says: one JSON object a line, to be believed as little as any program inside. */

import * as z from "zod";
import { entryList, type WorkspaceEntry } from "./workspace/snapshot.js";

const data = z.base64().transform((text) => Buffer.from(text, "base64"));
const id = z.number().int();

const supervisorEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("ready") }),
  z.object({ event: z.enum(["stdout", "stderr"]), id, data, skipped: z.number().int().min(0).optional() }),
  z.object({ event: z.literal("reply"), id, number: z.number().int(), data }),
  z.object({ event: z.literal("flood"), id }),
  z.object({ event: z.enum(["killed", "broken"]), id }),
  z.object({ event: z.literal("exit"), id, code: z.number().int(), number: z.number().int() }),
  z.object({ event: z.literal("failed"), id, message: z.string() }),
  z.object({
    event: z.literal("done"),
    id,
    data: data.optional(),
    entries: z.array(z.string()).optional(),
    directory: z.boolean().optional(),
    size: z.number().optional(),
    digest: z.string().optional(),
    snapshot: entryList.optional(),
    skipped: z.array(z.object({ path: z.string(), reason: z.string() })).optional(),
    chunks: z.array(data).optional(),
  }),
]);

export type SupervisorEvent = z.output<typeof supervisorEvent>;
export type ProcessEvent = Exclude<SupervisorEvent, { event: "ready" | "done" | "failed" }>;
export type Done = Extract<SupervisorEvent, { event: "done" }>;

export type SupervisorRequest =
  | {
      op: "start";
      id: number;
      argv: readonly string[];
      cwd?: string;
      cpuSeconds: number;
      channel: boolean;
      outputBytes: number;
      floodBytes: number;
    }
  | { op: "write"; id: number; data: string; end: boolean }
  | { op: "exchange"; id: number; number: number; data: string }
  | { op: "signal"; id: number; signal: "SIGINT" | "SIGKILL" }
  | { op: "put"; id: number; path: string; data: string }
  | { op: "get"; id: number; path: string; limit: number }
  | { op: "stat"; id: number; path: string }
  | { op: "list"; id: number; path: string; depth: number; limit: number }
  | { op: "scan"; id: number; maxBytes: number; maxEntries: number; unless?: string }
  | { op: "chunks"; id: number; parts: readonly (readonly [path: string, index: number])[] }
  | { op: "make" | "finish"; id: number; entries: readonly (readonly [path: string, entry: WorkspaceEntry])[] }
  | { op: "fill"; id: number; parts: readonly (readonly [path: string, index: number, data: string])[] };

/** Longer than any honest line: base64 of the largest file that can be read. */
const MAX_LINE = 24 * 2 ** 20;

/** The largest file that `get` gives, in bytes. */
export const MAX_FILE_BYTES = 16 * 2 ** 20;

/**
 * Reads events from pieces of the stream.
 *
 * @throws Error (from the returned function) for a line that is too long or is no event
 */
export function eventReader(): (piece: Buffer) => SupervisorEvent[] {
  let waiting: Buffer[] = [];
  let length = 0;
  return (piece) => {
    const events: SupervisorEvent[] = [];
    let rest = piece;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...waiting, rest.subarray(0, end)]).toString();
      events.push(supervisorEvent.parse(JSON.parse(line)));
      waiting = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) waiting.push(rest);
    length += rest.length;
    if (length > MAX_LINE) throw new Error("a line longer than any event");
    return events;
  };
}
