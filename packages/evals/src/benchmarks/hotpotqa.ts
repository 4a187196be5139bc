import { readRows, textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { searchBenchmark } from "../kinds/search.js";
import type { WorldPage } from "../search/generated-world.js";
import { temporaryCorpus } from "../search/temporary-corpus.js";

const EXPECTS =
  '{"_id": "...", "question": "...", "answer": "...", "context": [["title", ["sentence", ...]], ...]}; --corpus stands in for context';

/** Yang et al. 2018: the paragraphs of all its questions together are the corpus, as in the full-wiki setting. */
export const hotpotqa = searchBenchmark({
  name: "hotpotqa",
  description: "two-hop questions, searched in the paragraphs of all of them",
  licence: "CC-BY-SA-4.0",
  where: "hotpotqa.github.io: hotpot_dev_distractor_v1.json",
  expects: EXPECTS,
  async corpusOf({ data }) {
    const pages = await paragraphsOf(data!);
    return pages.length === 0 ? undefined : temporaryCorpus(`hotpotqa ${data}`, () => pages);
  },
});

/** Every paragraph once, by its title and text. @throws EvalsError `bad_data` */
async function paragraphsOf(data: string): Promise<WorldPage[]> {
  const pages = new Map<string, WorldPage>();
  for (const row of await readRows(data)) {
    const { context } = row.fields;
    if (context === undefined) continue;
    textField(row, ["question"], EXPECTS);
    for (const paragraph of listOf(context, row.where)) {
      const [title, sentences] = listOf(paragraph, row.where);
      const text = listOf(sentences, row.where).join("");
      const key = `${String(title)}\n${text}`;
      if (!pages.has(key)) pages.set(key, { id: `d${pages.size + 1}`, title: String(title), text });
    }
  }
  return [...pages.values()];
}

function listOf(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new EvalsError("bad_data", `${where}: context is not as expected; expected ${EXPECTS}`);
}
