/** Debian package records: a `Packages` index, `apt-cache dumpavail`, or a dpkg status file. */

import { readLines } from "@cachalot/files";
import { between } from "./between.js";
import type { CorpusKind, Fact, ReadFact, Relation, SourceEntity, SourceFault } from "./corpus-kind.js";
import { countOf, type FactLine, readFactLines, writeFactLines } from "./fact-lines.js";
import { contentWords } from "./words.js";

/** Of a record, and of a line of it. */
const MAX_RECORD_BYTES = 1 << 20;

const LINES: readonly FactLine[] = [
  { relation: "section", name: "Section" },
  { relation: "size", name: "Installed size", unit: " kB" },
  { relation: "architecture", name: "Architecture" },
  { relation: "depends", name: "Depends on" },
  { relation: "recommends", name: "Recommends" },
  { relation: "tag", name: "Tags" },
  { relation: "host", name: "Home page at" },
  { relation: "summary", name: "Summary" },
];

const quoted = (text: string): string => `“${text}”`;

const megabytes = (kilobytes: number): string =>
  kilobytes >= 1000 ? `${Number((kilobytes / 1000).toPrecision(3))} MB` : `${kilobytes} kB`;

const relations: Record<string, Relation> = {
  section: { type: "label", say: (value) => `is filed under ${quoted(value)}` },
  architecture: {
    type: "label",
    say: (value) => (value === "all" ? "is built once for every architecture" : `is built for ${value} alone`),
  },
  tag: { type: "label", say: (value) => `carries the tag ${quoted(value.replace("::", ": ").replaceAll("-", " "))}` },
  host: { type: "label", say: (value) => `has its home page at ${value}` },
  mentions: { type: "label", say: (word) => `speaks of ${quoted(word)} in its summary` },
  size: { type: "number", say: (range) => `takes ${between(range, megabytes)} when it is installed` },
  dependencies: { type: "number", whole: true, say: (range) => `depends on ${between(range)} other packages` },
  depends: { type: "link", say: (inner) => `depends on another package that ${inner}` },
  recommends: { type: "link", say: (inner) => `recommends another package that ${inner}` },
};

export const debian: CorpusKind = {
  name: "debian",
  description: "Debian package records: a Packages file, `apt-cache dumpavail`, or /var/lib/dpkg/status",
  licence: "records of the Debian archive; each package's own licence",
  noun: "Debian package",
  relations,
  recognises: (_, head) => /^Package: \S+$/m.test(head),
  entities: readRecords,
  read(text) {
    const facts = readFactLines(LINES, relations, text);
    const summaries = facts.filter(({ relation }) => relation === "summary");
    const mentions = summaries.flatMap(({ value, quote }) =>
      contentWords(`${value}`).map((word): ReadFact => ({ relation: "mentions", value: word, quote })),
    );
    return [
      ...facts.filter(({ relation }) => relation !== "summary"),
      ...mentions,
      ...countOf(facts, "depends", "dependencies"),
    ];
  },
};

async function* readRecords(path: string): AsyncGenerator<SourceEntity | SourceFault> {
  const seen = new Set<string>();
  let fields = new Map<string, string>();
  let field = "";
  let bytes = 0;
  let start = 1;
  const finish = (): SourceEntity | SourceFault | undefined => {
    if (bytes === 0) return undefined;
    const where = `${path}:${start}`;
    const record = bytes > MAX_RECORD_BYTES ? tooLong(where) : entityOf(fields, where, seen);
    fields = new Map();
    field = "";
    bytes = 0;
    return record;
  };
  for await (const { text, number, range } of readLines(path, { maximumBytes: MAX_RECORD_BYTES })) {
    if (text?.trim() === "") {
      const record = finish();
      if (record) yield record;
      start = number + 1;
      continue;
    }
    bytes += range[1] - range[0] + 1;
    if (text === undefined || bytes > MAX_RECORD_BYTES) continue;
    const [, name, value] = /^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$/.exec(text) ?? [];
    if (name !== undefined) {
      field = name.toLowerCase();
      fields.set(field, value!);
    } else if (/^[ \t]/.test(text) && field !== "") {
      fields.set(field, `${fields.get(field)}\n${text.trim()}`);
    }
  }
  const last = finish();
  if (last) yield last;
}

const tooLong = (where: string): SourceFault => ({
  where,
  reason: "too-long",
  detail: `the record has more than ${MAX_RECORD_BYTES} bytes`,
});

/** Names of packages in a relation field: the first alternative of each, without versions and architectures. */
const names = (field: string | undefined): string[] => [
  ...new Set(
    (field ?? "")
      .split(",")
      .map((entry) => /^[a-z0-9][a-z0-9+.-]*/.exec(entry.trim())?.[0] ?? "")
      .filter(Boolean),
  ),
];

function entityOf(fields: ReadonlyMap<string, string>, where: string, seen: Set<string>): SourceEntity | SourceFault {
  const id = fields.get("package") ?? "";
  if (!/^[a-z0-9][a-z0-9+.-]*$/.test(id)) return { where, reason: "bad-record", detail: "it has no package name" };
  if (seen.has(id)) return { where, reason: "duplicate-id", detail: id };
  seen.add(id);
  const [summary = "", ...body] = (fields.get("description") ?? fields.get("description-en") ?? "").split("\n");
  if (summary === "") return { where, reason: "no-text", detail: `${id} has no description` };
  const size = Number(fields.get("installed-size"));
  const depends = [...new Set([...names(fields.get("pre-depends")), ...names(fields.get("depends"))])];
  const host = /^https?:\/\/(?:www\.)?([a-z0-9.-]+)/i.exec(fields.get("homepage") ?? "")?.[1]?.toLowerCase();
  const section = fields.get("section")?.split("/").at(-1);
  const values = {
    section: section ? [section] : [],
    size: Number.isSafeInteger(size) && size > 0 ? [size] : [],
    architecture: fields.has("architecture") ? [fields.get("architecture")!] : [],
    depends,
    recommends: names(fields.get("recommends")),
    tag: [
      ...new Set((fields.get("tag") ?? "").split(/[,\s]+/).filter((tag) => /^[a-z0-9-]+::[a-z0-9:+.-]+$/.test(tag))),
    ],
    host: host ? [host] : [],
    summary: [summary.replaceAll("; ", ", ")],
  };
  const facts: Fact[] = Object.entries(values).flatMap(([relation, list]) =>
    relation === "summary" ? [] : list.map((value) => ({ relation, value })),
  );
  facts.push(...contentWords(values.summary[0]!).map((value) => ({ relation: "mentions", value })));
  if (depends.length > 0) facts.push({ relation: "dependencies", value: depends.length });
  const description = body
    .map((line) => (line === "." ? "" : line))
    .join("\n")
    .trim();
  const text = [writeFactLines(LINES, values), description].filter(Boolean).join("\n\n");
  return { id, title: id, aliases: aliasesOf(id, fields.get("source")), text, facts };
}

/** The source package, and the name without version and the usual parts of one. */
function aliasesOf(id: string, source: string | undefined): string[] {
  const stem = id
    .replace(/^(?:lib|python3?-|golang-|node-|ruby-|fonts-)/, "")
    .replace(/[\d.]*(?:-(?:dev|doc|bin|data|common|dbg|utils?|tools?))*$/, "");
  const name = source?.split(" ")[0] ?? "";
  return [...new Set([name, stem])].filter((alias) => alias.length >= 4 && alias !== id);
}
