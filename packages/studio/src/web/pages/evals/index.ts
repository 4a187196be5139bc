import type { Page } from "../page.js";
import { words } from "./words.js";

export const evalsPage: Page = {
  pattern: "/evals/:id?/:sample?",
  title: () => words().title,
  icon: '<path d="M4 12l5 5L20 6"/><path d="M4 20h16"/>',
  load: () => import("./evals-page.js"),
};
