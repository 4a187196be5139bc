import type { Page } from "../page.js";
import { words } from "./words.js";

/** Reached from a training run. */
export const rolloutsPage: Page = {
  pattern: "/rollouts/:run",
  title: () => words().title,
  load: () => import("./rollouts-page.js"),
};
