/** Every language, one line each. The first that owns a project takes it. */

import { c } from "./c.js";
import { cpp } from "./cpp.js";
import { go } from "./go.js";
import { java } from "./java.js";
import { javascript } from "./javascript.js";
import type { Language } from "./language.js";
import { php } from "./php.js";
import { python } from "./python.js";
import { rust } from "./rust.js";
import { typescript } from "./typescript.js";

const LANGUAGES: readonly Language[] = [go, rust, java, php, python, typescript, javascript, c, cpp];

export const languageOf = (paths: readonly string[]): Language | undefined =>
  LANGUAGES.find((language) => language.owns(paths));
