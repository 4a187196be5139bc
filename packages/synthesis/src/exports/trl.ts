import { canaryOf } from "./canary.js";
import { rowOf, type TaskExport } from "./task-export.js";

/** TRL's conversational prompt data set, a row a task: `GRPOTrainer` hands the other columns to the reward function. */
export const trl: TaskExport = {
  name: "trl",
  description: "prompts for TRL, a row a task (JSONL)",
  files(tasks, name) {
    const canary = canaryOf(tasks, name);
    const rows = tasks.map(rowOf).map(({ id, prompt, ...rest }) => ({ prompt, task: id, ...rest, canary }));
    return new Map([["prompts.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join("")]]);
  },
};
