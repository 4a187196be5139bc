/** Every page, one line each, in the order of the navigation. */
import { enginePage } from "./engine/index.js";
import { lensPage } from "./lens/index.js";
import type { Page } from "./page.js";

export const pages: readonly Page[] = [lensPage, enginePage];
