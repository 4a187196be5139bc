/** TypeScript: as JavaScript, its test files by vitest, jest, or through tsx. */

import { javascript } from "./javascript.js";
import { isGenerated, type Language } from "./language.js";

const TYPED = /(?<!\.d)\.[cm]?tsx?$/;

export const typescript: Language = {
  ...javascript,
  name: "typescript",
  owns: (paths) =>
    javascript.owns(paths) &&
    paths.some(
      (path) => TYPED.test(path) && javascript.isSource(path) && !isGenerated(path) && !javascript.isTest(path),
    ),
};
