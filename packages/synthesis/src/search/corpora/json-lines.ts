/** JSON Lines corpus: `{id, title, text, links?, facts?}` on each line. */

import { readLines } from "@cachalot/files";
import * as z from "zod";
import { between } from "./between.js";
import type { CorpusKind, Fact, Relation, SourceEntity, SourceFault } from "./corpus-kind.js";
import { countOf, type FactLine, readFactLines, writeFactLines } from "./fact-lines.js";
import { TitleLinks } from "./title-links.js";
import { contentWords } from "./words.js";

const MAX_LINE_BYTES = 4 << 20;

const oneOrMany = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const schema = z.object({
  id: z.union([z.string().min(1), z.number()]),
  title: z.string().min(1).optional(),
  text: z.string(),
  /** Ids of other lines. Without any in the whole corpus, the pages that a text names by their title. */
  links: z.array(z.string()).optional(),
  aliases: z.array(z.string()).optional(),
  /** What it is or has, by any name. */
  labels: z.record(z.string().regex(/^[\p{L}\p{N} _-]+$/u), oneOrMany).optional(),
  year: z.number().int().optional(),
});

const LINES: readonly FactLine[] = [
  { relation: "links", name: "See" },
  { relation: "label", name: "Properties" },
  { relation: "year", name: "Year" },
];

const relations: Record<string, Relation> = {
  label: { type: "label", say: (value) => `has the property “${value}”` },
  mentions: { type: "label", say: (word) => `is described with the word “${word}”` },
  year: { type: "number", whole: true, say: (range) => `belongs to a year ${between(range)}` },
  mentionedYear: { type: "number", whole: true, say: (range) => `names a year ${between(range)}` },
  references: { type: "number", whole: true, say: (range) => `refers to ${between(range)} other pages` },
  links: { type: "link", say: (inner) => `refers to a page about something that ${inner}` },
};

/** The words of the first sentence, which says what a thing is. */
const firstSentence = (text: string): string => /^[\s\S]*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text.slice(0, 300);
const yearsIn = (text: string): number[] => [...new Set((text.match(/\b(?:1[5-9]|20)\d\d\b/g) ?? []).map(Number))];

const clean = (value: string): string => value.replace(/[;\n]+/g, ",").trim();

export const jsonLines: CorpusKind = {
  name: "jsonl",
  description: "JSON Lines of {id, title, text, links?, labels?, year?}; links are ids",
  licence: "the corpus's own",
  noun: "page",
  relations,
  recognises: (path, head) => /\.(?:jsonl|ndjson)$/.test(path) || /^\s*\{"/.test(head),
  entities: readRecords,
  read(text) {
    const [prose = "", ...rest] = text.split("\n\n---\n");
    const stated = readFactLines(LINES, relations, rest.join("\n"));
    const first = firstSentence(prose);
    return [
      ...stated,
      ...contentWords(first).map((value) => ({ relation: "mentions", value, quote: first })),
      ...yearsIn(prose).map((value) => ({ relation: "mentionedYear", value, quote: lineWith(prose, `${value}`) })),
      ...countOf(stated, "links", "references"),
    ];
  },
};

const lineWith = (text: string, word: string): string => text.split("\n").find((line) => line.includes(word)) ?? word;

async function* readRecords(path: string): AsyncGenerator<SourceEntity | SourceFault> {
  const seen = new Set<string>();
  const titles = await titlesOf(path);
  for await (const { number, text } of readLines(path, { maximumBytes: MAX_LINE_BYTES })) {
    const where = `${path}:${number}`;
    if (text?.trim() === "") continue;
    yield text === undefined
      ? { where, reason: "too-long", detail: `the line has more than ${MAX_LINE_BYTES} bytes` }
      : entityOf(text, where, seen, titles);
  }
}

/** The titles by which pages name each other; undefined where some line has links. */
async function titlesOf(path: string): Promise<TitleLinks | undefined> {
  const titles = new TitleLinks();
  for await (const { text } of readLines(path, { maximumBytes: MAX_LINE_BYTES })) {
    const record = text === undefined ? undefined : recordOf(text);
    if (record?.success && (record.data.links?.length ?? 0) > 0) return undefined;
    if (record?.success) titles.add(`${record.data.id}`, record.data.title ?? "");
  }
  return titles;
}

/** undefined for what is no JSON. */
function recordOf(line: string) {
  try {
    return schema.safeParse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function entityOf(
  line: string,
  where: string,
  seen: Set<string>,
  titles: TitleLinks | undefined,
): SourceEntity | SourceFault {
  const record = recordOf(line);
  if (record === undefined) return { where, reason: "bad-record", detail: "the line is no JSON" };
  if (record.error) return { where, reason: "bad-record", detail: z.prettifyError(record.error) };
  const { data } = record;
  const { title, text, links = titles?.in(data.text) ?? [], aliases = [], labels = {}, year } = data;
  const id = `${data.id}`;
  if (seen.has(id)) return { where, reason: "duplicate-id", detail: id };
  seen.add(id);
  if (text.trim() === "") return { where, reason: "no-text", detail: id };
  const values = {
    links: [...new Set(links)].filter((link) => link !== id && !/[;\n]/.test(link)),
    label: Object.entries(labels).flatMap(([name, list]) => list.map((value) => clean(`${name}: ${value}`))),
    year: year === undefined ? [] : [year],
  };
  const prose = text.replaceAll("\n\n---\n", "\n\n").trim();
  const facts: Fact[] = Object.entries(values).flatMap(([relation, list]) =>
    list.map((value) => ({ relation, value })),
  );
  facts.push(...contentWords(firstSentence(prose)).map((value) => ({ relation: "mentions", value })));
  facts.push(...yearsIn(prose).map((value) => ({ relation: "mentionedYear", value })));
  if (values.links.length > 0) facts.push({ relation: "references", value: values.links.length });
  const lines = writeFactLines(LINES, values);
  return { id, title: title ?? id, aliases, text: lines === "" ? prose : `${prose}\n\n---\n${lines}`, facts };
}
