/** A table of samples: one row each, the conversation as JSON. */

import { type ParquetColumn, parquetBytes } from "@cachalot/files";
import type { Sample } from "../run/sample.js";
import type { RunExport } from "./run-export.js";

const COLUMNS: readonly ParquetColumn<Sample>[] = [
  { name: "item", type: "text", value: ({ item }) => item },
  { name: "sample", type: "int32", value: ({ sample }) => sample },
  { name: "verdict", type: "text", value: ({ verdict }) => verdict },
  { name: "reason", type: "text", value: ({ reason }) => reason },
  { name: "because", type: "text", value: ({ because }) => because },
  { name: "answer", type: "text", value: ({ answer }) => answer },
  { name: "gold", type: "text", value: ({ gold }) => gold },
  { name: "messages", type: "text", value: ({ messages }) => JSON.stringify(messages) },
  { name: "finish_reason", type: "text", value: ({ finishReason }) => finishReason },
  { name: "prompt_tokens", type: "int64", value: ({ usage }) => usage.promptTokens },
  { name: "completion_tokens", type: "int64", value: ({ usage }) => usage.completionTokens },
  { name: "reasoning_tokens", type: "int64", value: ({ usage }) => usage.reasoningTokens },
  { name: "tool_calls", type: "int32", value: ({ toolCalls }) => toolCalls },
  { name: "seed", type: "int64", value: ({ seed }) => seed },
  { name: "seconds", type: "double", value: ({ seconds }) => seconds },
  { name: "started_at", type: "text", value: ({ startedAt }) => startedAt },
];

export const parquet: RunExport = {
  name: "parquet",
  description: "a table of samples; the run's header in its metadata",
  extension: ".parquet",
  write: ({ header, samples }) => parquetBytes(COLUMNS, samples, { "cachalot.eval": JSON.stringify(header) }),
};
