import { canaryOf } from "./canary.js";
import { rowOf, type TaskExport } from "./task-export.js";

/** TRL's conversational prompt data set, a row a task: `GRPOTrainer` hands the other columns to the reward function. */
export const trl: TaskExport = {
  name: "trl",
  description: "prompts for TRL, a row a task (JSONL)",
  files: (tasks, name) =>
    new Map([
      [
        "prompts.jsonl",
        tasks
          .map(rowOf)
          .map(({ id, prompt, ...rest }) => ({ prompt, task: id, ...rest, canary: canaryOf(tasks, name) }))
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(""),
      ],
    ]),
};
