import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SearchDesk } from "../search-tools.js";
import { exactReader } from "../verify/reader.js";
import { openSearchWorld, type SearchWorld } from "../world.js";
import { erringReader, measureFilter, rememberingReader } from "./measure-filter.js";
import { type PlantedSample, plantSamples } from "./plant-samples.js";
import { PLANTED_KINDS } from "./planted-kinds.js";

let cache: string;
let world: SearchWorld;
let planted: PlantedSample[];
let desk: SearchDesk;
const reader = rememberingReader(exactReader);
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "cachalot-planted-"));
  world = await openSearchWorld("generated:2000", cache);
  desk = new SearchDesk(world.corpus, world.kind);
  planted = await plantSamples(world, 4 * PLANTED_KINDS.length, 1);
}, 600_000);
afterAll(async () => {
  await world.close();
  await rm(cache, { recursive: true });
});

test("an exact reader drops every planted fault for its reason, and keeps every good sample", async () => {
  const { precision, recall, kinds } = await measureFilter(planted, desk, {
    reader,
    passes: 1,
    graph: world.graph,
    seed: 1,
  });
  expect([precision, recall]).toEqual([1, 1]);
  for (const { name, reasons } of PLANTED_KINDS) {
    expect(Object.values(kinds[name]!).reduce((sum, count) => sum + count, 0)).toBe(4);
    for (const reason of Object.keys(kinds[name]!)) expect(reasons).toContain(reason);
  }
});

test("without the graph searches find most other answers", async () => {
  const { precision, recall } = await measureFilter(planted, desk, { reader, passes: 1, seed: 1 });
  expect(recall).toBe(1);
  expect(precision).toBeGreaterThan(0.9);
});

test("a reader that errs costs recall and precision, and more passes win both back", async () => {
  const measured = async (passes: number) =>
    measureFilter(planted, desk, { reader: erringReader(reader, 0.1, 3), passes, seed: 1 });
  const [once, often] = [await measured(1), await measured(5)];
  expect(once.recall).toBeLessThan(0.8);
  expect(often.recall).toBeGreaterThan(once.recall + 0.1);
  expect(often.precision!).toBeGreaterThan(0.85);
});
