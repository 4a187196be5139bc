import type { Corpus } from "@cachalot/training";
import { austen, mobyDick } from "./novels.js";
import { pythonDocs } from "./python-docs.js";
import { webBible } from "./web-bible.js";
import { wordnet } from "./wordnet.js";

/** Every corpus the data recipe can name: one line each. */
export const corpora: readonly Corpus[] = [webBible, austen, mobyDick, wordnet, pythonDocs];
