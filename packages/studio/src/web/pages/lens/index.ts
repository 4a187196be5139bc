import type { Page } from "../page.js";
import { words } from "./words.js";

export const lensPage: Page = {
  pattern: "/lens/:id?",
  title: () => words().title,
  icon: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21M7.5 12.5v-2M10.5 12.5V8M13.5 12.5v-3"/>',
  load: () => import("./lens-page.js"),
};
