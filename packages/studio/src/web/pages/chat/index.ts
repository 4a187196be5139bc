import type { Page } from "../page.js";
import { words } from "./words.js";

export const chatPage: Page = {
  pattern: "/chat/:id?",
  title: () => words().title,
  icon: '<path d="M4 6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-4 4v-4H6a2 2 0 0 1-2-2z"/>',
  load: () => import("./chat-page.js"),
};
