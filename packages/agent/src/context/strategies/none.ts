import { strategy } from "./strategy.js";

export const none = strategy({
  name: "none",
  about: "nothing; the run ends when the window is full",
  plan: () => undefined,
});
