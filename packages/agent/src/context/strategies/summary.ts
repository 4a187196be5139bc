import { askForSummary, discardSteps, restartWith } from "../trajectory.js";
import { strategy } from "./strategy.js";

export const summary = strategy({
  name: "summary",
  about: "the model sums up what it did, and starts again from the task and its summary",
  plan: ({ messages, from, task }) => ({
    ask: askForSummary(messages),
    edit: (said) =>
      said.trim() === "" ? discardSteps(messages, from, 1) : restartWith(messages, from - 1, task, said),
  }),
});
