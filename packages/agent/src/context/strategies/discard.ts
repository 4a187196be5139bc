import { discardSteps } from "../trajectory.js";
import { strategy } from "./strategy.js";

export const discard75 = strategy({
  name: "discard-75",
  about: "the first three quarters of the tool calls go, with their results and reasoning",
  plan: ({ messages, from }) => ({ edit: discardSteps(messages, from, 0.75) }),
});

export const discardAll = strategy({
  name: "discard-all",
  about: "all tool calls go; the model starts again from the task",
  plan: ({ messages, from }) => ({ edit: discardSteps(messages, from, 1) }),
});
