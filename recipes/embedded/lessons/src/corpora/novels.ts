import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { debianCorpus } from "./debian-corpus.js";
import { normalizeText, unwrapParagraphs } from "./plain-text.js";
import { readRStrings } from "./r-strings.js";

const LIBRARY = "usr/lib/R/site-library";

/** Jane Austen's six novels; one document per chapter. */
export const austen = debianCorpus({
  name: "austen",
  package: "r-cran-janeaustenr",
  licence: "Public domain",
  source: "https://cran.r-project.org/package=janeaustenr",
  async documents(root) {
    const novels = readRStrings(await readFile(join(root, LIBRARY, "janeaustenr/data/Rdata.rdb")));
    return novels.flatMap((lines) => chapters(lines.join("\n")));
  },
});

/** Moby-Dick; one document per chapter. */
export const mobyDick = debianCorpus({
  name: "moby-dick",
  package: "r-cran-tokenizers",
  licence: "Public domain",
  source: "https://cran.r-project.org/package=tokenizers",
  async documents(root) {
    const [vector] = readRStrings(await readFile(join(root, LIBRARY, "tokenizers/data/Rdata.rdb")));
    const book = (vector?.[0] ?? "").replace(/\r/g, "");
    const start = book.search(/\nCHAPTER 1\. /);
    const end = book.search(/\nEnd of (the )?Project Gutenberg/i);
    return chapters(book.slice(start, end < 0 ? undefined : end));
  },
});

/** Splits at chapter headings, which are dropped; italics marks (`_word_`) too. */
function chapters(book: string): string[] {
  return book
    .split(/\n\s*(?:CHAPTER|Chapter|VOLUME)\b[^\n]*(?:\n[A-Z' ,-]+\n)?/)
    .slice(1)
    .map((chapter) =>
      normalizeText(unwrapParagraphs(chapter)).replace(/_/g, "").replace(/--/g, " - ").replace(/ {2,}/g, " "),
    )
    .filter((chapter) => chapter.length > 500);
}
