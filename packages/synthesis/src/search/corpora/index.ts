/** The corpus kinds there are: one file and one line each. The first that recognises a source has it. */

import type { CorpusKind } from "./corpus-kind.js";
import { debian } from "./debian.js";
import { dictionary } from "./dictionary.js";
import { jsonLines } from "./json-lines.js";

export const CORPUS_KINDS: readonly CorpusKind[] = [dictionary, jsonLines, debian];
