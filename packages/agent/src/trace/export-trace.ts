/** Runs as files that others read. */

import type { ChatMessage, ToolDefinition } from "@cachalot/chat";
import { type ParquetColumn, type ParquetType, writeAtomic, writeParquet } from "@cachalot/files";
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
  if (path.endsWith(".parquet")) await writeParquet(path, COLUMNS, rows);
  else await writeAtomic(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

const TYPES: Readonly<Record<keyof LedgerRow, ParquetType>> = {
  run: "text",
  sequence: "int32",
  model: "text",
  stopped: "text",
  fork_sequence: "int32",
  fork_at: "int32",
  ids: { list: "int32" },
  loss_mask: { list: "int32" },
  logprobs: { list: "float" },
};

const COLUMNS = (Object.keys(TYPES) as (keyof LedgerRow)[]).map(
  (name): ParquetColumn<LedgerRow> => ({ name, type: TYPES[name], value: (row) => row[name] }),
);
