import type { Page } from "../page.js";
import { words } from "./words.js";

export const runsPage: Page = {
  pattern: "/runs/:id?",
  title: () => words().title,
  icon: '<circle cx="5" cy="5" r="2"/><circle cx="5" cy="12" r="2"/><circle cx="5" cy="19" r="2"/><path d="M11 5h9M11 12h9M11 19h9M5 7v3M5 14v3"/>',
  load: () => import("./runs-page.js"),
};
