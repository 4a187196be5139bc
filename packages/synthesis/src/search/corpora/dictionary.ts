/** Dictionaries as FOLDOC has them: entries with `{links}`, `<subjects>` and a date, in the dictd format (.dict or .dict.dz with .index). */

import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readLines } from "@cachalot/files";
import { SynthesisError } from "../../errors.js";
import { between } from "./between.js";
import type { CorpusKind, Fact, ReadFact, Relation, SourceEntity, SourceFault } from "./corpus-kind.js";
import { contentWords } from "./words.js";

const MAX_ENTRY_BYTES = 1 << 20;
/** What a dictionary may unpack to. */
const MAX_BYTES = 512 << 20;

const relations: Record<string, Relation> = {
  subject: { type: "label", say: (value) => `belongs to the subject “${value}”` },
  mentions: { type: "label", say: (word) => `is explained with the word “${word}” in its first sentence` },
  year: { type: "number", whole: true, say: (range) => `has an entry that names a year ${between(range)}` },
  edited: { type: "number", whole: true, say: (range) => `has an entry last edited ${between(range)}` },
  references: { type: "number", whole: true, say: (range) => `has an entry that refers to ${between(range)} others` },
  links: { type: "link", say: (inner) => `has an entry that refers to a term that ${inner}` },
};

const DATE = /\((\d{4})-\d\d-\d\d\)/g;
const LINK = /\{([^{}]{1,120})\}/g;
const spaced = (text: string): string => text.replace(/\s+/g, " ").trim();

export const dictionary: CorpusKind = {
  name: "foldoc",
  description:
    "a dictionary in dictd format with FOLDOC's marks: {link}, <subject>, (1996-12-07); give its .index file",
  licence: "GFDL-1.1 or later for FOLDOC; else the dictionary's own",
  noun: "term of the dictionary",
  relations,
  recognises: (path) => path.endsWith(".index"),
  entities: readEntries,
  read: readEntry,
};

/** Facts of an entry by its marks. */
function readEntry(text: string): ReadFact[] {
  const facts: ReadFact[] = [];
  const add = (relation: string, value: string | number, quote: string) => {
    if (!facts.some((fact) => fact.relation === relation && fact.value === value))
      facts.push({ relation, value, quote });
  };
  const subjects = /^\s*(?:\d+\.\s*)?<([^<>\n]{1,80})>/gm;
  for (const [quote, list] of text.matchAll(subjects)) {
    for (const subject of list!.split(",")) add("subject", spaced(subject).toLowerCase(), quote.trim());
  }
  for (const [quote, target] of text.matchAll(LINK)) add("links", spaced(target!), spaced(quote));
  const first = firstSentence(text);
  for (const word of contentWords(first)) add("mentions", word, first);
  const dates = [...text.matchAll(DATE)];
  if (dates.length > 0) add("edited", Number(dates.at(-1)![1]), dates.at(-1)![0]);
  const undated = text.replace(DATE, "");
  for (const [year] of undated.matchAll(/\b(?:1[89]|20)\d\d\b/g)) add("year", Number(year), lineWith(text, year));
  const references = facts.filter(({ relation }) => relation === "links").length;
  if (references > 0) add("references", references, facts.find(({ relation }) => relation === "links")!.quote);
  return facts;
}

const lineWith = (text: string, word: string): string =>
  (text.split("\n").find((line) => line.includes(word)) ?? word).trim();

/** What follows the subject, to the first full stop. */
function firstSentence(text: string): string {
  const body = spaced(text.replace(/^\s*(?:\d+\.\s*)?<[^<>\n]*>/, ""));
  return (/^.*?[.!?](?=\s|$)/.exec(body)?.[0] ?? body).slice(0, 400);
}

async function* readEntries(indexPath: string): AsyncGenerator<SourceEntity | SourceFault> {
  const data = await dictionaryBytes(indexPath.replace(/\.index$/, ""));
  const entries = new Map<string, { where: string; offset: number; bytes: number; words: string[] }>();
  for await (const { number, text } of readLines(indexPath, { maximumBytes: 1 << 16 })) {
    const where = `${indexPath}:${number}`;
    const [word, offsetText, bytesText] = text?.split("\t") ?? [];
    const [offset, bytes] = [fromBase64(offsetText), fromBase64(bytesText)];
    if (word === undefined || offset === undefined || bytes === undefined || offset + bytes > data.length) {
      yield { where, reason: "bad-record", detail: "not a word, an offset and a length" };
    } else if (!word.startsWith("00-database")) {
      const key = `${offset} ${bytes}`;
      if (!entries.has(key)) entries.set(key, { where, offset, bytes, words: [] });
      entries.get(key)!.words.push(word);
    }
  }
  const drafts: Draft[] = [];
  const titles = new Map<string, string>();
  for (const { where, offset, bytes, words } of entries.values()) {
    const draft =
      bytes > MAX_ENTRY_BYTES ? tooLong(where) : draftOf(data.toString("utf8", offset, offset + bytes), where);
    if ("reason" in draft) yield draft;
    else if (titles.get(draft.title.toLowerCase()) === draft.title)
      yield { where, reason: "duplicate-id", detail: draft.title };
    else {
      for (const name of [draft.title, ...draft.aliases, ...words]) {
        if (!titles.has(name.toLowerCase())) titles.set(name.toLowerCase(), draft.title);
      }
      drafts.push(draft);
    }
  }
  for (const draft of drafts) yield entityOf(draft, titles);
}

interface Draft {
  title: string;
  aliases: string[];
  body: string;
}

const tooLong = (where: string): SourceFault => ({
  where,
  reason: "too-long",
  detail: `over ${MAX_ENTRY_BYTES} bytes`,
});

/** An entry begins with its names, one a line; a blank line, and the body. */
function draftOf(text: string, where: string): Draft | SourceFault {
  const [head = "", ...body] = text.replaceAll("\r", "").split(/\n[ \t]*\n/);
  const [title = "", ...aliases] = head.split("\n").map(spaced).filter(Boolean);
  if (title === "") return { where, reason: "bad-record", detail: "the entry has no name" };
  const rest = body.join("\n\n").trimEnd();
  return rest.trim() === "" ? { where, reason: "no-text", detail: title } : { title, aliases, body: rest };
}

/** Links get the name of the entry they lead to; those that lead nowhere lose their braces. */
function entityOf({ title, aliases, body }: Draft, titles: ReadonlyMap<string, string>): SourceEntity {
  const text = body.replace(LINK, (_, target: string) => {
    const entry = titles.get(spaced(target).toLowerCase());
    return entry === undefined || entry === title || /[{}\n]/.test(entry) ? target : `{${entry}}`;
  });
  const facts = readEntry(text).map(({ relation, value }): Fact => ({ relation, value }));
  return { id: title, title, aliases, text, facts };
}

async function dictionaryBytes(stem: string): Promise<Buffer> {
  for (const path of [`${stem}.dict`, `${stem}.dict.dz`]) {
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) continue;
    if (info.size > MAX_BYTES)
      throw new SynthesisError("invalid_options", `${path} is larger than ${MAX_BYTES} bytes; split it`);
    const bytes = await readFile(path);
    if (path.endsWith(".dict")) return bytes;
    return promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES }).catch((error: Error) => {
      throw new SynthesisError(
        "invalid_options",
        `${path} cannot be unpacked (${error.message}); give a whole .dict.dz`,
      );
    });
  }
  throw new SynthesisError("invalid_options", `There is no ${stem}.dict or .dict.dz beside the index; put it there`);
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** dictd's numbers: base 64, the most significant digit first. */
function fromBase64(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Za-z0-9+/]{1,8}$/.test(text)) return undefined;
  return [...text].reduce((value, digit) => value * 64 + DIGITS.indexOf(digit), 0);
}
