import type { Page } from "../page.js";
import { words } from "./words.js";

export const contractPage: Page = {
  pattern: "/prompt",
  title: () => words().title,
  icon: '<path d="M8 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h2M16 4h2a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-2M9 9h6M9 12h6M9 15h3"/>',
  load: () => import("./contract-page.js"),
};
