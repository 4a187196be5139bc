/** Search taskset: synthesised search tasks as tasks to train on, with the corpus's own search, open and find. */

import { join } from "node:path";
import { type Corpus, forgivingSearchTools, openCorpus } from "@cachalot/agent";
import { defineTaskset, exactAnswer, type GeneratedTaskset, splitOf } from "@cachalot/environments";
import { findTasks } from "../../check/check-directory.js";
import { SynthesisError } from "../../errors.js";
import { demonstrateSearch } from "./demonstrate-search.js";
import { type SearchRecord, searchRecord } from "./search-record.js";

const NAME = "synthesised-search";
const MOST_LEVELS = 3;

export interface OpenedSearchTaskset {
  taskset: GeneratedTaskset<SearchRecord>;
  /** Closes the corpus. */
  close(): Promise<void>;
}

/**
 * The search tasks of a folder. Levels are thirds by length, fewer where there are few tasks: every level has tasks on both
 * sides of the split.
 *
 * @param cache where the corpus lies. Default: `.cache` in the folder, where synthesis puts it
 * @throws SynthesisError `invalid_task` for tasks of several corpora, or too few
 */
export async function openSearchTaskset(
  directory: string,
  cache = join(directory, ".cache"),
): Promise<OpenedSearchTaskset> {
  const records: SearchRecord[] = [];
  for (const found of await findTasks(directory)) {
    const { instance } = await found.read();
    if (instance?.kind === "search") records.push(searchRecord(instance));
  }
  const corpora = new Set(records.map(({ corpus }) => corpus));
  if (corpora.size !== 1)
    throw new SynthesisError(
      "invalid_task",
      `${directory} has search tasks of ${corpora.size} corpora; name a folder with one`,
    );
  const levels = levelsOf(records);
  const corpus = await corpusAt(join(cache, `corpus-${[...corpora][0]}`));
  return { taskset: tasksetOf(records[0]!.licence, levels, corpus), close: () => corpus.close() };
}

function corpusAt(directory: string): Promise<Corpus> {
  return openCorpus(directory).catch((error: Error) => {
    const mend = "run the command that made the tasks once more, without --cache";
    throw new SynthesisError("invalid_task", `The tasks' corpus is not there: ${error.message.split(";")[0]}; ${mend}`);
  });
}

function tasksetOf(
  licence: string,
  levels: readonly (readonly SearchRecord[])[],
  corpus: Corpus,
): GeneratedTaskset<SearchRecord> {
  const tools = forgivingSearchTools(corpus);
  const longest = Math.max(...levels.flat().map(({ path }) => path.length));
  return defineTaskset<SearchRecord>({
    name: NAME,
    domain: "search",
    description: `find the page of ${corpus.size} that a question describes`,
    licence,
    levels: levels.length,
    problem(draw, level) {
      const record = draw.one(levels[level]!);
      return { key: record.question, prompt: `${record.question} Answer with its id alone.`, data: record };
    },
    rubric: [exactAnswer(({ answer }) => answer)],
    tools: tools.map(({ definition }) => definition),
    calls: Math.max(24, 2 * longest),
    open: () => ({ tools, close: () => {} }),
    demonstrate: ({ data, mode }, style) => demonstrateSearch(data, mode, style),
    spoil: (_, { wrong }) => wrong,
  });
}

/** Tasks by length, in equal parts, each side of the split on its own. */
function levelsOf(records: readonly SearchRecord[]): SearchRecord[][] {
  const length = (record: SearchRecord) => JSON.stringify(demonstrateSearch(record, "thinking", "checked")).length;
  const sides = (["train", "heldout"] as const).map((side) =>
    records
      .filter(({ question }) => splitOf(NAME, question) === side)
      .map((record) => ({ record, length: length(record) }))
      .sort((a, b) => a.length - b.length),
  );
  const count = Math.min(MOST_LEVELS, ...sides.map((side) => side.length));
  if (count === 0)
    throw new SynthesisError(
      "invalid_task",
      `${records.length} search tasks are too few for a split into training and held-out ones; make some dozens`,
    );
  return Array.from({ length: count }, (_, level) =>
    sides.flatMap((side) => {
      const [from, to] = [level, level + 1].map((part) => Math.floor((part * side.length) / count));
      return side.slice(from, to).map(({ record }) => record);
    }),
  );
}
