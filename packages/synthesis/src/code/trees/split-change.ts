/** A change split into the reference patch and the test patch, as in SWE-bench: what else changed stays as it was before. */

import { Drop } from "../drop.js";
import type { Language } from "../languages/language.js";
import { changeTree, diffTrees, type Tree, type TreeChange } from "./object-store.js";

export interface SplitChange {
  tests: TreeChange[];
  source: TreeChange[];
  /** The base with the new tests; and with the reference patch too. */
  tested: Tree;
  solved: Tree;
}

/** Of a reference patch that a person could have written. */
const MAX_SOURCE_FILES = 60;

/** @throws Drop `tests-unchanged`, `source-unchanged`, `too-large` */
export function splitChange(language: Language, before: Tree, after: Tree): SplitChange {
  const changes = diffTrees(before, after);
  const tests = changes.filter(({ path }) => language.isTest(path));
  const source = changes.filter(({ path }) => !language.isTest(path) && language.isSource(path));
  if (!tests.some(({ after }) => after)) throw new Drop("tests-unchanged", "no test file is new or different");
  if (source.length === 0) throw new Drop("source-unchanged", "no source file is different");
  if (source.length > MAX_SOURCE_FILES)
    throw new Drop("too-large", `${source.length} source files change, more than ${MAX_SOURCE_FILES}`);
  const tested = changeTree(before, tests);
  return { tests, source, tested, solved: changeTree(tested, source) };
}
