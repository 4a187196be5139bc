/** Every language, one line each. The first that owns a project takes it. */

import { javascript } from "./javascript.js";
import type { Language } from "./language.js";

const LANGUAGES: readonly Language[] = [javascript];

export const languageOf = (paths: readonly string[]): Language | undefined =>
  LANGUAGES.find((language) => language.owns(paths));
