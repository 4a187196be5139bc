/** Every page, one line each, in the order of the navigation. */
import { chatPage } from "./chat/index.js";
import { contractPage } from "./contract/index.js";
import { enginePage } from "./engine/index.js";
import { evalsPage } from "./evals/index.js";
import { lensPage } from "./lens/index.js";
import type { Page } from "./page.js";
import { rolloutsPage } from "./rollouts/index.js";
import { runsPage } from "./runs/index.js";
import { tasksPage } from "./tasks/index.js";
import { trainingPage } from "./training/index.js";

export const pages: readonly Page[] = [
  chatPage,
  contractPage,
  runsPage,
  lensPage,
  trainingPage,
  rolloutsPage,
  evalsPage,
  tasksPage,
  enginePage,
];
