import { rowOf, type TaskExport } from "./task-export.js";

/** TRL's conversational prompt data set, a row a task: `GRPOTrainer` hands the other columns to the reward function. */
export const trl: TaskExport = {
  name: "trl",
  description: "prompts for TRL, a row a task (JSONL)",
  files: (tasks) =>
    new Map([
      [
        "prompts.jsonl",
        tasks
          .map(rowOf)
          .map(({ id, prompt, ...rest }) => `${JSON.stringify({ prompt, task: id, ...rest })}\n`)
          .join(""),
      ],
    ]),
};
