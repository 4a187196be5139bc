import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { debianCorpus } from "./debian-corpus.js";
import { normalizeText } from "./plain-text.js";

const SOURCES = "usr/share/doc/python3.11/html/_sources";
const SECTIONS = ["tutorial", "faq", "howto", "reference", "library"];

/** The prose of Python's documentation; one document per page. */
export const pythonDocs = debianCorpus({
  name: "python-docs",
  package: "python3.11-doc",
  licence: "PSF-2.0",
  source: "https://docs.python.org/3.11/",
  async documents(root) {
    const pages: string[] = [];
    for (const section of SECTIONS) {
      for (const file of (await readdir(join(root, SOURCES, section))).sort()) {
        if (file.endsWith(".rst.txt")) pages.push(prose(await readFile(join(root, SOURCES, section, file), "utf8")));
      }
    }
    return pages.filter((page) => page.length > 500);
  },
});

/** Paragraphs of running text; markup, code, tables, lists of signatures and headings are left out. */
function prose(rst: string): string {
  return normalizeText(
    rst
      .split(/\n\s*\n/)
      .map((block) => block.replace(/\s*\n\s*/g, " ").trim())
      .filter((block) => /^["A-Z*`:(]/.test(block) && /[.:]$/.test(block) && block.split(" ").length >= 8)
      .filter((block) => !/>>>|^\.\.|={4}|-{4}|\+-|\|\s|^:[a-z]+ [a-z]*:/.test(block))
      .map(inlineText)
      .filter((block) => !/[`|]|::|:[a-z]+:/.test(block))
      .join("\n\n"),
  );
}

function inlineText(block: string): string {
  return block
    .replace(/:[a-z:+-]+:`!?~?([^`<]+?)\s*(?:<[^>]*>)?`/gi, "$1")
    .replace(/``([^`]+)``/g, "$1")
    .replace(/`([^`<]+?)\s*<[^>]*>`_+/g, "$1")
    .replace(/`([^`]+)`_*/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/\*([^*\s][^*]*)\*/g, "$1")
    .replace(/::$/, ":")
    .replace(/\\(.)/g, "$1");
}
