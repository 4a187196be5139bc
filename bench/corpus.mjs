// The search tool's index: seconds to make it, to open it, and milliseconds of a ten-word query, beside MiniSearch in memory.
//   node bench/corpus.mjs [--corpus DIR] [--documents 64000] [--queries 200] [--no-peer] [--json] [--out FILE]
// Without --corpus the documents are generated: 80 words each, drawn from 60,000 by Zipf's law. Queries are ten words of
// one document. Opening is measured in a process of its own, so that memory and caches are those of a fresh start.
import { spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import MiniSearch from "minisearch";
import { openCorpus } from "../packages/agent/dist/index.js";
import { Draw } from "../packages/tensor/dist/index.js";
import { circumstances, commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    corpus: { type: "string" },
    documents: { type: "string", default: "64000" },
    queries: { type: "string", default: "200" },
    peer: { type: "boolean", default: true },
    opened: { type: "string" },
    index: { type: "string", default: "" },
    ...commonOptions,
  },
});

/** @param {() => Promise<unknown>} work */
async function secondsOf(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** @param {string} directory @param {number} count */
function generate(directory, count) {
  const draw = new Draw(1);
  const vocabulary = 60_000;
  const zipf = () => `w${Math.floor(vocabulary ** (draw.integer(0, 999_999) / 1e6))}`;
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({ id: `d${i}`, title: `${zipf()} ${zipf()}`, text: Array.from({ length: 80 }, zipf).join(" ") }),
  );
  writeFileSync(join(directory, "documents.jsonl"), `${lines.join("\n")}\n`);
}

/** @param {string} directory */
async function* documentsOf(directory) {
  for (const name of readdirSync(directory).filter((name) => name.endsWith(".jsonl"))) {
    for await (const line of createInterface(createReadStream(join(directory, name)))) {
      if (line !== "") yield JSON.parse(line);
    }
  }
}

/** @param {string} directory @param {number} count */
async function queriesOf(directory, count) {
  const draw = new Draw(2);
  const queries = [];
  for await (const { text } of documentsOf(directory)) {
    const words = text.split(/[\n\r\p{Z}\p{P}]+/u).filter(Boolean);
    if (words.length >= 20 && draw.integer(0, 99) === 0) queries.push(draw.some(words, 10).join(" "));
  }
  return draw.some(queries, Math.min(count, queries.length));
}

/** @param {number[]} values @param {number} share */
const quantile = (values, share) =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** @param {readonly string[]} queries @param {(query: string) => unknown} search */
async function timeQueries(queries, search) {
  const times = [];
  for (const query of queries) times.push(1000 * (await secondsOf(async () => search(query))));
  return { medianMs: quantile(times, 0.5), p95Ms: quantile(times, 0.95), worstMs: quantile(times, 1) };
}

const rssMiB = () => Math.round(process.memoryUsage().rss / 2 ** 20);

const { opened: toOpen } = options;
if (toOpen !== undefined) {
  const before = rssMiB();
  let corpus;
  const openSeconds = await secondsOf(async () => {
    corpus = await openCorpus(toOpen, { indexFile: options.index });
  });
  const openMiB = rssMiB() - before;
  const queries = await queriesOf(toOpen, Number(options.queries));
  const query = await timeQueries(queries, (text) => corpus.search(text));
  console.log(JSON.stringify({ documents: corpus.size, openSeconds, openMiB, query, queries: queries.length }));
  process.exit(0);
}

const scratch = mkdtempSync(join(tmpdir(), "cachalot-bench-corpus-"));
try {
  const directory = options.corpus ?? scratch;
  if (!options.corpus) generate(scratch, Number(options.documents));
  const indexFile = join(scratch, "index.bin");
  const buildSeconds = await secondsOf(async () => (await openCorpus(directory, { indexFile })).close());
  const child = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), "--opened", directory, "--index", indexFile, "--queries", options.queries],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const report = { ...circumstances(1), ...JSON.parse(child.stdout), buildSeconds, peer: await peerOf(directory) };
  publish(report, options, () => print(report));
} finally {
  rmSync(scratch, { recursive: true });
}

/** MiniSearch as it was used before: made, kept as JSON, parsed at each opening. @param {string} directory */
async function peerOf(directory) {
  if (!options.peer) return undefined;
  const settings = { fields: ["title", "text"], idField: "id", searchOptions: { boost: { title: 2 } } };
  const index = new MiniSearch(settings);
  const buildSeconds = await secondsOf(async () => {
    for await (const document of documentsOf(directory)) index.add(document);
  });
  const json = JSON.stringify(index);
  const before = rssMiB();
  let opened = index;
  const openSeconds = await secondsOf(async () => {
    opened = MiniSearch.loadJSON(json, settings);
  });
  const openMiB = rssMiB() - before;
  const query = await timeQueries(await queriesOf(directory, Number(options.queries)), (text) => opened.search(text));
  return { buildSeconds, openSeconds, openMiB, query };
}

/** @param {any} report */
function print({ documents, buildSeconds, openSeconds, openMiB, query, peer }) {
  const row = (name, figures) =>
    console.log(
      `${name.padEnd(12)} build ${figures.buildSeconds.toFixed(1)} s, open ${figures.openSeconds.toFixed(3)} s and ${figures.openMiB} MiB, ` +
        `query ${figures.query.medianMs.toFixed(1)} ms (p95 ${figures.query.p95Ms.toFixed(1)}, worst ${figures.query.worstMs.toFixed(1)})`,
    );
  console.log(`${documents} documents, ten-word queries`);
  row("index file", { buildSeconds, openSeconds, openMiB, query });
  if (peer) row("MiniSearch", peer);
}
