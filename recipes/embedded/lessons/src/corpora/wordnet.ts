import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { debianCorpus } from "./debian-corpus.js";
import { normalizeText } from "./plain-text.js";

const DIR = "usr/share/wordnet";
const FILES = { noun: "noun", verb: "verb", adj: "adjective", adv: "adverb" } as const;
type File = keyof typeof FILES;
/** A group of this many neighbouring senses is one document. */
const SENSES_PER_DOCUMENT = 24;

interface Sense {
  words: string[];
  definition: string;
  examples: string[];
}

export interface Definition {
  word: string;
  definition: string;
  /** Tagged occurrences in the Semantic Concordance: how common the word is. */
  count: number;
}

/** WordNet's definitions and example sentences: senses that are common or have an example. */
export const wordnet = debianCorpus({
  name: "wordnet",
  package: "wordnet-base",
  licence: "WordNet-3.0",
  source: "https://wordnet.princeton.edu/",
  async documents(root) {
    const common = new Set((await readCounts(root)).keys());
    const documents: string[] = [];
    for (const file of Object.keys(FILES) as File[]) {
      const senses = [...(await readSenses(root, file)).values()].filter(
        ({ words, examples }) => examples.length > 0 || words.some((word) => common.has(word)),
      );
      for (let at = 0; at < senses.length; at += SENSES_PER_DOCUMENT) {
        documents.push(
          senses
            .slice(at, at + SENSES_PER_DOCUMENT)
            .map((sense) => entry(sense, FILES[file]))
            .join("\n"),
        );
      }
    }
    return documents;
  },
});

function entry({ words, definition, examples }: Sense, kind: string): string {
  const uses = examples.map((example) => ` "${example}"`).join("");
  return normalizeText(`${words.slice(0, 3).join(", ")} (${kind}): ${definition}.${uses}`);
}

/** Short definitions of the `limit` most common words, most common first. */
export async function commonDefinitions(root: string, limit: number): Promise<Definition[]> {
  const senses = {} as Record<File, Map<string, Sense>>;
  const firstSense = {} as Record<File, Map<string, string>>;
  for (const file of Object.keys(FILES) as File[]) {
    senses[file] = await readSenses(root, file);
    firstSense[file] = await readFirstSenses(root, file);
  }
  const found: Definition[] = [];
  for (const [word, { count, file }] of await readCounts(root)) {
    const sense = senses[file].get(firstSense[file].get(word) ?? "");
    if (sense && suits(word, sense.definition)) found.push({ word, definition: sense.definition, count });
  }
  return found.sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1)).slice(0, limit);
}

function suits(word: string, definition: string): boolean {
  const plain = /^[a-z ,'-]+$/.test(definition);
  return /^[a-z]{3,}$/.test(word) && plain && definition.length <= 64 && !definition.split(/\W+/).includes(word);
}

async function lines(root: string, name: string): Promise<string[]> {
  const text = await readFile(join(root, DIR, name), "utf8");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("  "));
}

async function readSenses(root: string, file: File): Promise<Map<string, Sense>> {
  const senses = new Map<string, Sense>();
  for (const line of await lines(root, `data.${file}`)) {
    const [data = "", gloss = ""] = line.split(" | ");
    const fields = data.split(" ");
    const count = Number.parseInt(fields[3] ?? "0", 16);
    const words = Array.from({ length: count }, (_, i) => (fields[4 + 2 * i] ?? "").replace(/\(.*\)$/, ""));
    const examples = [...gloss.matchAll(/"([^"]+)"/g)].map(([, example = ""]) => example.trim());
    const definition = gloss.replace(/;?\s*"[\s\S]*$/, "").trim();
    if (definition !== "") {
      senses.set(fields[0] ?? "", { words: words.map((word) => word.replaceAll("_", " ")), definition, examples });
    }
  }
  return senses;
}

/** Lemma -> synset offset of its first sense. */
async function readFirstSenses(root: string, file: File): Promise<Map<string, string>> {
  const first = new Map<string, string>();
  for (const line of await lines(root, `index.${file}`)) {
    const fields = line.trim().split(/\s+/);
    const senses = Number(fields[2]);
    first.set(fields[0] ?? "", fields[fields.length - senses] ?? "");
  }
  return first;
}

/** Lemma -> its count, and the part of speech in which it is most common; first senses only. */
async function readCounts(root: string): Promise<Map<string, { count: number; file: File }>> {
  const kinds: Record<string, File> = { 1: "noun", 2: "verb", 3: "adj", 4: "adv", 5: "adj" };
  const counts = new Map<string, { count: number; file: File }>();
  for (const line of await lines(root, "cntlist.rev")) {
    const [key = "", sense, tagged] = line.split(" ");
    const [lemma = "", rest = ""] = key.split("%");
    const file = kinds[rest[0] ?? ""];
    const count = Number(tagged);
    if (sense === "1" && file && count > (counts.get(lemma)?.count ?? 0)) counts.set(lemma, { count, file });
  }
  return counts;
}
