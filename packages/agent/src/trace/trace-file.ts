import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AgentError } from "../errors.js";
import { makePrivateDirectory, PRIVATE } from "../private-files.js";
import { type RunRecord, TRACE_FORMAT, type TraceRecord } from "./trace-record.js";

/**
 * Writes a run's file. A resumed run writes its records again from the first: those that are there are left as they are,
 * and the first that differs (or was cut off by a crash) ends what is kept.
 */
export interface TraceWriter {
  write(record: TraceRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens a trace for a run that begins, or begins again. Makes its directory. Both are the owner's alone. */
export async function openTrace(path: string): Promise<TraceWriter> {
  await makePrivateDirectory(dirname(path));
  const file = await open(path, "a+", PRIVATE);
  const there = (await file.readFile()).toString();
  let kept = 0;
  let ended = false;
  return {
    async write(record) {
      const line = `${JSON.stringify(record)}\n`;
      if (!ended && there.startsWith(line, kept)) {
        kept += line.length;
        return;
      }
      if (!ended) await file.truncate(Buffer.byteLength(there.slice(0, kept)));
      ended = true;
      await file.appendFile(line);
    },
    close: () => file.close(),
  };
}

export interface Trace {
  run: RunRecord;
  records: TraceRecord[];
}

/**
 * Reads a run's file. A last line that a crash cut off is left out.
 *
 * @throws AgentError `trace` for a file that is none, or cannot be read
 */
export async function readTrace(path: string): Promise<Trace> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const where = `${path} cannot be read (${error.code})`;
    const missing =
      error.code === "ENOENT" ? `There is no such run: ${where}; cachalot runs lists those that are` : undefined;
    throw new AgentError("trace", missing ?? `${where}; give a run's trace.jsonl`, { cause: error });
  });
  const lines = text.split("\n");
  // What follows the last newline is a record that was being written.
  const records = lines.slice(0, -1).map((line, i) => parseRecord(line, `${path}:${i + 1}`));
  const [run] = records;
  if (run?.type !== "run" || run.format !== TRACE_FORMAT) {
    throw new AgentError("trace", `${path} is no trace of the format ${TRACE_FORMAT}; give a run's trace.jsonl`);
  }
  return { run, records };
}

function parseRecord(line: string, where: string): TraceRecord {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && "type" in value) return value as TraceRecord;
  } catch {
    // Told below.
  }
  throw new AgentError("trace", `${where} is no trace record; the file was changed or is not a trace`);
}
