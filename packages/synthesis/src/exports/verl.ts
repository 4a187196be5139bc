import { type ParquetColumn, type ParquetType, parquetBytes } from "@cachalot/files";
import { canaryOf } from "./canary.js";
import { rowOf, type TaskExport } from "./task-export.js";

const TYPES: Readonly<Record<string, ParquetType>> = {
  data_source: "text",
  prompt: { list: { struct: { role: "text", content: "text" } } },
  ability: "text",
  reward_model: { struct: { style: "text", ground_truth: "text" } },
  extra_info: {
    struct: { index: "int64", level: "int32", licence: "text", need_tools_kwargs: "int32", canary: "text" },
  },
  agent_name: "text",
};

type Row = Record<string, unknown>;

/** verl's `RLHFDataset`, a row a task. The ground truth is the task's name: the environment server judges. */
export const verl: TaskExport = {
  name: "verl",
  description: "prompts for verl's RLHFDataset, a row a task (Parquet)",
  files(tasks, name) {
    const canary = canaryOf(tasks, name);
    const rows = tasks.map(rowOf).map(
      ({ id, kind, level, licence, prompt }, index): Row => ({
        ...{ data_source: name, prompt, ability: kind, reward_model: { style: "rule", ground_truth: id } },
        ...{ extra_info: { index, level, licence, need_tools_kwargs: 1, canary }, agent_name: "tool_agent" },
      }),
    );
    const columns = Object.entries(TYPES).map(
      ([column, type]): ParquetColumn<Row> => ({ name: column, type, value: (row) => row[column] }),
    );
    return new Map([["prompts.parquet", parquetBytes(columns, rows)]]);
  },
};
