import type { Page } from "../page.js";
import { words } from "./words.js";

export const trainingPage: Page = {
  pattern: "/train/:run?",
  title: () => words().title,
  icon: '<path d="M3 3v18h18"/><path d="M6 8c3 8 5 9 14 9"/>',
  load: () => import("./training-page.js"),
};
