/** Benchmarks of agentic search: questions over a local corpus with `search`, `open` and `find`; short answers by exact match. */

import { createHash } from "node:crypto";
import { resolve, sep } from "node:path";
import { forgivingSearchTools } from "@cachalot/agent";
import type { ScriptedPolicy } from "@cachalot/chat";
import type { Environment } from "@cachalot/environments";
import { sameShortAnswer, shortAnswer } from "../answer/short-answer.js";
import { type Benchmark, type Item, type ItemRequest, notMeasured, right, says, wrong } from "../benchmark.js";
import { fileSource } from "../data/file-source.js";
import { type Row, textField } from "../data/read-rows.js";
import { EvalsError } from "../errors.js";
import { borrowCorpus } from "../search/shared-corpus.js";

export interface SearchQuestion {
  question: string;
  /** The first one is the gold; all of them count. */
  answers: readonly string[];
  /** Path of the corpus. */
  corpus: string;
}

export interface SearchDefinition {
  name: string;
  description: string;
  licence: string;
  where: string;
  expects: string;
  /** Questions where no file is named. Default: there are none. */
  generate?(
    request: ItemRequest,
  ): Promise<{ corpus: string; questions: readonly { question: string; answer: string }[] }>;
  /** A corpus of the questions' own file, where none is named. */
  corpusOf?(request: ItemRequest): Promise<string | undefined>;
  scripts?: Readonly<Record<string, ScriptedPolicy>>;
}

const INSTRUCTION =
  "Answer by searching the documents with your tools. End with a line of its own: Exact Answer: (the answer alone).";

export function searchBenchmark(definition: SearchDefinition): Benchmark<SearchQuestion> {
  const { generate, corpusOf, scripts, ...described } = definition;
  const file = fileSource<SearchQuestion>({
    ...described,
    item: (row, number, request) =>
      itemOf(String(row.fields.id ?? row.fields._id ?? number), questionOf(row, described.expects, request.corpus!)),
  });
  return {
    ...file,
    source: { ...file.source, bundled: generate !== undefined },
    agent: { steps: 50 },
    ...(scripts && { scripts }),
    async *items(request) {
      if (request.data === undefined && request.corpus === undefined && generate) {
        const { corpus, questions } = await generate(request);
        for (const [i, { question, answer }] of questions.entries())
          yield itemOf(`${request.seed}-${i + 1}`, { question, answers: [answer], corpus });
      } else yield* file.items({ ...request, corpus: await corpusFor(described.name, request, corpusOf) });
    },
    open: ({ data }) => openSearch(data.corpus),
    grade({ message: { content } }, { data: { answers } }) {
      if (!content?.trim()) return wrong("there is no answer");
      const answer = shortAnswer(content);
      if (answer === undefined) return notMeasured("unparsed", "it has no line Exact Answer:");
      const verdicts = answers.map((gold) => sameShortAnswer(gold, answer));
      if (verdicts.includes("same")) return right("the same but for case, punctuation and articles", answer);
      if (verdicts.includes("close"))
        return notMeasured("unparsed", "the answer stands among other words, which no rule decides", answer);
      return wrong("another answer", answer);
    },
    oracle: ({ data: { question, answers } }) => [
      {
        ...says("")[0]!,
        tool_calls: [{ function: { name: "search", arguments: JSON.stringify({ query: question }) } }],
      },
      ...says(`Exact Answer: ${answers[0]}`),
    ],
    wrong: () => says("Exact Answer: somebody else entirely"),
    hostile: () => [
      { name: "every word of the corpus", says: ({ data }) => `Exact Answer: ${data.answers[0]} or somebody else` },
      {
        name: "the gold before another answer",
        says: ({ data }) => `Exact Answer: ${data.answers[0]}\nExact Answer: no one`,
      },
    ],
  };
}

function itemOf(id: string, data: SearchQuestion): Item<SearchQuestion> {
  const content = `${data.question.trim()}\n\n${INSTRUCTION}`;
  return { id, messages: [{ role: "user", content }], gold: data.answers[0]!, data };
}

/** @throws EvalsError `bad_data` */
function questionOf(row: Row, expects: string, corpus: string): SearchQuestion {
  const { canary, answers } = row.fields;
  const read = (names: readonly string[]) => {
    const text = textField(row, names, expects);
    return typeof canary === "string" && canary !== "" ? decrypted(text, canary, row, names[0]!) : text;
  };
  const more = Array.isArray(answers) ? answers.filter((one) => typeof one === "string") : [];
  const first = more.length > 0 && row.fields.answer === undefined ? [] : [read(["answer"])];
  return { question: read(["question", "problem"]), answers: [...first, ...more], corpus };
}

/** BrowseComp's own files: base64 of the text, combined with the SHA-256 of the row's canary. */
function decrypted(text: string, canary: string, { where }: Row, field: string): string {
  const key = createHash("sha256").update(canary).digest();
  const bytes = Buffer.from(text, "base64").map((byte, i) => byte ^ key[i % key.length]!);
  const plain = Buffer.from(bytes).toString("utf8");
  if (plain !== "" && !plain.includes("\uFFFD")) return plain;
  throw new EvalsError(
    "bad_data",
    `${where}: ${field} cannot be decrypted with the row's canary; download the file again`,
  );
}

/** @throws EvalsError `missing_data`, `bad_data` where the agent could find the answers in it */
async function corpusFor(name: string, request: ItemRequest, corpusOf: SearchDefinition["corpusOf"]): Promise<string> {
  const { data } = request;
  const corpus = request.corpus ?? (data === undefined ? "" : await corpusOf?.(request));
  if (corpus === undefined)
    throw new EvalsError(
      "missing_data",
      `${name} needs the documents to search; pass --corpus, a file of JSON lines {"id", "title", "text"} or a folder`,
    );
  if (data !== undefined && `${resolve(data)}${sep}`.startsWith(`${resolve(corpus)}${sep}`))
    throw new EvalsError(
      "bad_data",
      `${data} lies in the corpus ${corpus}, where the agent would find the answers; put it elsewhere`,
    );
  return corpus;
}

async function openSearch(path: string): Promise<Environment> {
  const { corpus, giveBack } = await borrowCorpus(path);
  return { tools: forgivingSearchTools(corpus), close: giveBack };
}
