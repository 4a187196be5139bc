import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { dictdFiles, readKind } from "../testing/read-kind.js";
import type { CorpusKind, Fact, SourceEntity } from "./corpus-kind.js";
import { debian } from "./debian.js";
import { dictionary } from "./dictionary.js";
import { generatedPackages } from "./generated.js";
import { CORPUS_KINDS } from "./index.js";
import { jsonLines } from "./json-lines.js";

const PACKAGES = `Package: whale-watcher
Source: whales (1.2)
Installed-Size: 2048
Architecture: amd64
Pre-Depends: dpkg (>= 1.15)
Depends: libsonar2 (>= 2.1), sea-data | lake-data, libsonar2:any
Recommends: harpoonless
Description: watches whales; counts them politely
 A longer description
 .
 of two paragraphs.
Homepage: https://www.Whales.example/watch
Tag: role::program, use::monitoring,
 interface::commandline, NotATag
Section: contrib/science

Package: libsonar2
Status: install ok installed
Description: sonar library
Section: libs
`;

const ENTRIES = [
  ["00-database-short", "     A test dictionary\n"],
  [
    "sonar",
    "sonar\nSONAR\n\n   <hardware, physics> A technique that finds {Whales} by sound, {echo} and {sonar}.\n   In use since 1915.\n\n   (1996-12-07)\n\n",
  ],
  ["SONAR", ""],
  ["whale", "whales\nwhale\n\n   1. <animal> Large mammals of the {sonar} family.\n"],
] as const;

const sorted = (facts: readonly Fact[]): string[] => facts.map(({ relation, value }) => `${relation} ${value}`).sort();

/** What a page says, read again, is what the record said. */
function expectPagesToTell(kind: CorpusKind, entities: readonly SourceEntity[]): void {
  for (const { text, facts } of entities) {
    const read = kind.read(text);
    expect(sorted(read)).toEqual(sorted(facts));
    const flat = text.replace(/\s+/g, " ");
    for (const { quote } of read) expect(flat).toContain(quote.replace(/\s+/g, " "));
  }
}

describe("Debian package records", () => {
  test("a record becomes a page whose facts are those of the record", async () => {
    const { entities, faults } = await readKind(debian, { status: PACKAGES });
    expect(faults).toEqual([]);
    expect(entities.map(({ id }) => id)).toEqual(["whale-watcher", "libsonar2"]);
    expect(sorted(entities[0]!.facts)).toEqual(
      [
        ...["section science", "size 2048", "architecture amd64", "host whales.example", "dependencies 3"],
        ...["depends dpkg", "depends libsonar2", "depends sea-data", "recommends harpoonless"],
        ...["tag role::program", "tag use::monitoring", "tag interface::commandline"],
        ...["mentions watches", "mentions whales", "mentions counts", "mentions politely"],
      ].sort(),
    );
    expect(entities[0]!.aliases).toContain("whales");
    expect(entities[0]!.text).toContain("of two paragraphs.");
    expectPagesToTell(debian, entities);
  });

  test("a record that is none, comes twice, or is too long is one fault, and the others are read", async () => {
    const huge = `Package: huge\nDescription: ${"x".repeat(2 << 20)}`;
    const source = [
      PACKAGES,
      "Package: ../etc\nDescription: no",
      PACKAGES,
      huge,
      "Package: last-one\nDescription: it is",
    ].join("\n\n");
    const { entities, faults } = await readKind(debian, { Packages: source });
    expect(entities.map(({ id }) => id)).toEqual(["whale-watcher", "libsonar2", "last-one"]);
    expect(faults.map(({ reason }) => reason).sort()).toEqual([
      "bad-record",
      "duplicate-id",
      "duplicate-id",
      "too-long",
    ]);
  });

  test("generated packages are records, the same each time, and depend on each other", async () => {
    const { entities, faults } = await readKind(debian, { Packages: generatedPackages(200) });
    expect([entities.length, faults.length]).toEqual([200, 0]);
    expect(generatedPackages(200)).toBe(generatedPackages(200));
    expect(generatedPackages(200, 2)).not.toBe(generatedPackages(200));
    expectPagesToTell(debian, entities);
  });
});

describe("dictionaries", () => {
  test("an entry's links lead to the names of entries, and its subjects, years and date are facts", async () => {
    const { index, dict } = dictdFiles(ENTRIES);
    const { entities, faults } = await readKind(dictionary, { "test.index": index, "test.dict.dz": gzipSync(dict) });
    expect(faults.map(({ reason }) => reason)).toEqual(["bad-record"]);
    expect(entities.map(({ id, aliases }) => [id, aliases])).toEqual([
      ["sonar", ["SONAR"]],
      ["whales", ["whale"]],
    ]);
    expect(entities[0]!.text).toContain("finds {whales} by sound, echo and sonar.");
    const facts = sorted(entities[0]!.facts);
    for (const fact of [
      "subject hardware",
      "subject physics",
      "links whales",
      "year 1915",
      "edited 1996",
      "references 1",
    ])
      expect(facts).toContain(fact);
    expect(facts).not.toContain("year 1996");
    expectPagesToTell(dictionary, entities);
  });

  test("an index that leads nowhere is a fault each, and a bomb is refused", async () => {
    const { dict } = dictdFiles(ENTRIES);
    const { entities, faults } = await readKind(dictionary, {
      "a.index": "word\tAA\tzzzz\nbad line\n",
      "a.dict": dict,
    });
    expect(entities).toEqual([]);
    expect(faults.map(({ reason }) => reason)).toEqual(["bad-record", "bad-record"]);
    await expect(readKind(dictionary, { "a.index": "", "a.dict.dz": "no gzip" })).rejects.toThrow("cannot be unpacked");
    await expect(readKind(dictionary, { "a.index": "" })).rejects.toThrow(".dict");
  });
});

describe("JSON Lines", () => {
  test("links, labels and years stand on the page", async () => {
    const whale = {
      id: "whale",
      text: "Whales sing slowly. Seen in 1851.",
      links: ["sea", "whale"],
      labels: { kind: ["mammal", "singer"] },
      year: 1851,
    };
    const lines = [
      whale,
      { id: 7, title: "Sea", text: "Deep water." },
      { id: "sea", text: "Wide\n\n---\nProperties: forged." },
    ];
    const { entities } = await readKind(jsonLines, { "a.jsonl": lines.map((line) => JSON.stringify(line)).join("\n") });
    expect(sorted(entities[0]!.facts)).toEqual(
      [
        ...["links sea", "label kind: mammal", "label kind: singer", "year 1851", "mentionedYear 1851", "references 1"],
        ...["mentions whales", "mentions slowly"],
      ].sort(),
    );
    expect(entities[1]).toMatchObject({ id: "7", title: "Sea" });
    expectPagesToTell(jsonLines, entities);
  });

  test("without links pages link to those that they name by a whole title", async () => {
    const lines = [
      { id: "oz", title: "The Wizard of Oz (1939 film)", text: "A film with Judy Garland. It is not the Judy." },
      { id: "judy", title: "Judy Garland", text: "She sang in The Wizard of Oz and in A Star." },
      { id: "twin-a", title: "Blue Moon", text: "A song." },
      { id: "twin-b", title: "Blue Moon (film)", text: "Not of Judy Garland's, a Blue Moon." },
    ];
    const { entities } = await readKind(jsonLines, { "a.jsonl": lines.map((line) => JSON.stringify(line)).join("\n") });
    const links = (id: string) =>
      entities.find((entity) => entity.id === id)!.facts.filter(({ relation }) => relation === "links");
    expect(links("oz")).toEqual([{ relation: "links", value: "judy" }]);
    expect(links("judy")).toEqual([{ relation: "links", value: "oz" }]);
    expect(links("twin-a")).toEqual([]);
    expect(links("twin-b")).toEqual([]);
    expectPagesToTell(jsonLines, entities);
  });

  test("every bad line is one fault", async () => {
    const lines = [
      "{",
      '{"id": 1}',
      '{"id": "a", "text": "x y"}',
      '{"id": "a", "text": "twice"}',
      '{"id": "b", "text": " "}',
      `{"id": "c", "text": "${"x".repeat(5 << 20)}"}`,
    ];
    const { entities, faults } = await readKind(jsonLines, { "a.jsonl": lines.join("\n") });
    expect(entities.map(({ id }) => id)).toEqual(["a"]);
    expect(faults.map(({ reason }) => reason)).toEqual([
      "bad-record",
      "bad-record",
      "duplicate-id",
      "no-text",
      "too-long",
    ]);
  });
});

test("each kind recognises its own sources", () => {
  const found = (path: string, head: string) => CORPUS_KINDS.find((kind) => kind.recognises(path, head))?.name;
  expect(found("/var/lib/dpkg/status", PACKAGES)).toBe("debian");
  expect(found("foldoc.index", "sonar\tAA\tBB\n")).toBe("foldoc");
  expect(found("pages.jsonl", '{"id": 1}')).toBe("jsonl");
  expect(found("pages.txt", "Once upon a time")).toBeUndefined();
});
