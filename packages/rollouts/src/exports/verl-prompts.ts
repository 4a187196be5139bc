import type { ParquetColumn, ParquetType } from "@cachalot/files";
import { type ExportRow, promptMessages, type RolloutExport } from "./rollout-export.js";

const TYPES: Readonly<Record<string, ParquetType>> = {
  data_source: "text",
  prompt: { list: { struct: { role: "text", content: "text" } } },
  ability: "text",
  reward_model: { struct: { style: "text", ground_truth: "text" } },
  extra_info: {
    struct: {
      split: "text",
      index: "int64",
      level: "int32",
      thinking_mode: "text",
      need_tools_kwargs: "int32",
      tools: "text",
    },
  },
  agent_name: "text",
};

/**
 * verl's prompt data set (`RLHFDataset`), a row a task, in Parquet. The ground truth is the task's key: our taskset makes the
 * task, its world and its judge from it.
 */
export const verlPrompts: RolloutExport = {
  name: "verl-prompts",
  description: "prompts for verl's RLHFDataset, a row a task (Parquet)",
  columns: Object.entries(TYPES).map(
    ([name, type]): ParquetColumn<ExportRow> => ({ name, type, value: (row) => row[name] }),
  ),
  rows({ rollouts }) {
    const first = new Map(rollouts.map((rollout) => [rollout.group, rollout] as const).reverse());
    return [...first.values()].reverse().map((rollout, index) => {
      const { task, tools } = rollout;
      return {
        data_source: task.taskset,
        prompt: promptMessages(rollout).map(({ role, content }) => ({ role, content: content ?? "" })),
        ability: task.domain,
        reward_model: { style: "rule", ground_truth: task.key },
        extra_info: {
          ...{ split: task.split, index, level: task.level, thinking_mode: task.mode },
          ...{ need_tools_kwargs: Number(tools.length > 0), tools: JSON.stringify(tools) },
        },
        agent_name: tools.length > 0 ? "tool_agent" : "single_turn_agent",
      };
    });
  },
};
