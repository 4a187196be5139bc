// The filter of search tasks on a planted set: precision and recall by a reader's error rate, for one, three and five passes.
//   node bench/search-filter.mjs [--corpus generated:6000] [--good 156] [--errors 0,0.05,…] [--passes 1,3,5] [--seed 0]
//     [--json] [--out FILE] [--plot FILE]
// Half of the set is good, half bad in one of the ways of packages/synthesis/src/search/planted/planted-kinds.ts. `exact` decides
// uniqueness over the corpus's graph, as the pipeline does; the curve is without it, as it has to be over prose.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  erringReader,
  exactReader,
  measureFilter,
  openSearchWorld,
  plantSamples,
  rememberingReader,
  SearchDesk,
} from "../packages/synthesis/dist/index.js";
import { writeFilterPlot } from "./plot.mjs";
import { commonOptions, publish } from "./report.mjs";

const { values: options } = parseArgs({
  options: {
    corpus: { type: "string", default: "generated:6000" },
    good: { type: "string", default: "156" },
    errors: { type: "string", default: "0,0.01,0.02,0.05,0.1,0.15,0.2,0.3" },
    passes: { type: "string", default: "1,3,5" },
    seed: { type: "string", default: "0" },
    plot: { type: "string" },
    ...commonOptions,
  },
});
const numbers = (text) => text.split(",").map(Number);
const seed = Number(options.seed);
const cache = mkdtempSync(join(tmpdir(), "cachalot-search-filter-"));
const world = await openSearchWorld(options.corpus, cache);
try {
  const desk = new SearchDesk(world.corpus, world.kind);
  const planted = await plantSamples(world, Number(options.good), seed);
  const reader = rememberingReader(exactReader);
  const measure = (setting) => measureFilter(planted, desk, { reader, seed, ...setting });
  const exact = await measure({ passes: 1, graph: world.graph });
  const bySearches = await Promise.all(
    [0, 1, 3].map(async (searches) => ({ searches, ...(await measure({ passes: 1, searches })) })),
  );
  const curve = [];
  for (const passes of numbers(options.passes)) {
    for (const errorRate of numbers(options.errors)) {
      const { precision, recall, kept } = await measure({ passes, reader: erringReader(reader, errorRate, seed) });
      curve.push({ passes, errorRate, precision, recall, kept });
    }
  }
  const report = {
    ...{ corpus: world.source.name, documents: world.graph.size, seed },
    ...{
      good: planted.filter(({ kind }) => kind === "good").length,
      bad: planted.filter(({ kind }) => kind !== "good").length,
    },
    ...{ exact, bySearches, curve },
  };
  publish(report, options, () => print(report));
  if (options.plot) await writeFilterPlot(options.plot, curve, subtitleOf(report));
} finally {
  await world.close();
  rmSync(cache, { recursive: true });
}

function subtitleOf({ corpus, documents, good, bad }) {
  return `${good} good and ${bad} bad samples planted in ${corpus} (${documents.toLocaleString("en")} pages), uniqueness by searches alone`;
}

function print({ exact, bySearches, curve }) {
  const shown = ({ precision, recall }) => `precision ${precision?.toFixed(3) ?? "-"}, recall ${recall.toFixed(3)}`;
  console.log(`exact uniqueness: ${shown(exact)}`);
  for (const { searches, ...measured } of bySearches) console.log(`${searches} searches: ${shown(measured)}`);
  for (const { passes, errorRate, ...measured } of curve)
    console.log(`${passes} passes, reader errs ${errorRate}: ${shown(measured)}`);
}
