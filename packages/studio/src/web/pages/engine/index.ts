import type { Page } from "../page.js";
import { words } from "./words.js";

export const enginePage: Page = {
  pattern: "/engine",
  title: () => words().title,
  icon: '<rect x="5" y="5" width="14" height="14" rx="2"/><path d="M9 9h6v6H9zM2 9h3M2 15h3M19 9h3M19 15h3M9 2v3M15 2v3M9 19v3M15 19v3"/>',
  load: () => import("./engine-page.js"),
};
