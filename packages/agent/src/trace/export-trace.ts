/** Runs as files that others read. */

import type { ChatMessage, ToolDefinition } from "@cachalot/chat";
import { writeAtomic } from "@cachalot/files";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import type { TextTokenizer } from "../context/prompt-tokens.js";
import { appendRecord } from "./append-record.js";
import { tokenLedger } from "./token-ledger.js";
import type { Trace } from "./trace-file.js";

/**
 * The whole conversation of a run in the OpenAI chat shape, what a strategy removed included, as rows for fine-tuning tools
 * have it.
 */
export function conversationOf({ run, records }: Trace): {
  id: string;
  messages: ChatMessage[];
  tools: ToolDefinition[];
} {
  const messages = structuredClone(run.messages);
  for (const record of records) appendRecord(messages, record);
  return { id: run.runId, messages, tools: run.tools };
}

/** One token sequence of a run. */
export interface LedgerRow {
  run: string;
  sequence: number;
  model: string;
  /** Why the run ended; null while it has not. */
  stopped: string | null;
  fork_sequence: number | null;
  fork_at: number | null;
  ids: number[];
  loss_mask: number[];
  logprobs: (number | null)[];
}

export function ledgerRows(trace: Trace, tokenizer: TextTokenizer): LedgerRow[] {
  const end = trace.records.findLast((record) => record.type === "end");
  return tokenLedger(trace, tokenizer).map(({ ids, lossMask, logprobs, fork }, sequence) => ({
    run: trace.run.runId,
    sequence,
    model: trace.run.model,
    stopped: end?.stopped ?? null,
    fork_sequence: fork?.sequence ?? null,
    fork_at: fork?.at ?? null,
    ids,
    loss_mask: lossMask,
    logprobs,
  }));
}

/** Rows as JSON lines, or as Parquet where the path ends in `.parquet`. Written atomically. */
export async function writeLedger(path: string, rows: readonly LedgerRow[]): Promise<void> {
  await writeAtomic(path, path.endsWith(".parquet") ? parquetOf(rows) : jsonLines(rows));
}

const jsonLines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

type Schema = NonNullable<Parameters<typeof parquetWrite>[0]["schema"]>;

const text = (name: string) =>
  ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }) as const;
const whole = (name: string) => ({ name, type: "INT32", repetition_type: "OPTIONAL" }) as const;
const listOf = (name: string, type: "INT32" | "FLOAT") =>
  [
    { name, converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", type, repetition_type: "OPTIONAL" },
  ] as const;

const SCHEMA: Schema = [
  { name: "root", num_children: 9 },
  text("run"),
  whole("sequence"),
  text("model"),
  text("stopped"),
  whole("fork_sequence"),
  whole("fork_at"),
  ...listOf("ids", "INT32"),
  ...listOf("loss_mask", "INT32"),
  ...listOf("logprobs", "FLOAT"),
];

function parquetOf(rows: readonly LedgerRow[]): Uint8Array {
  const writer = new ByteWriter();
  const names = [
    "run",
    "sequence",
    "model",
    "stopped",
    "fork_sequence",
    "fork_at",
    "ids",
    "loss_mask",
    "logprobs",
  ] as const;
  const columnData = names.map((name) => ({ name, data: rows.map((row) => row[name]) }));
  parquetWrite({ writer, columnData, schema: SCHEMA });
  return new Uint8Array(writer.getBuffer());
}
