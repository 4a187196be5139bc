import type { Corpus } from "./corpus.js";
import { austen, mobyDick } from "./novels.js";
import { pythonDocs } from "./python-docs.js";
import { webBible } from "./web-bible.js";
import { wordnet } from "./wordnet.js";

/** Every corpus a data recipe can name. */
export const corpora: readonly Corpus[] = [webBible, austen, mobyDick, wordnet, pythonDocs];
