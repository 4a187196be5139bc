import type { Page } from "../page.js";
import { words } from "./words.js";

export const tasksPage: Page = {
  pattern: "/tasks/:id?",
  title: () => words().title,
  icon: '<rect x="4" y="4" width="16" height="16" rx="2"/><path d="M8 9h8M8 13h8M8 17h4"/>',
  load: () => import("./tasks-page.js"),
};
