import { expect, test } from "vitest";
import { describeEngine } from "./describe-engine.js";
import { setUpScheduler } from "./testing/set-up-scheduler.js";
import { byteTokenizer, hashLogits, TinyModel } from "./testing/tiny-model.js";

const shared = "A prompt that several begin with. ";

test("sequences, blocks and the prefix tree are told as they are, and asking changes nothing", async () => {
  const model = new TinyModel(hashLogits);
  const { scheduler, submit, runToEnd } = setUpScheduler(model, { maxSequences: 2, prefillChunk: 64 });
  const describe = () => describeEngine(scheduler, model.blocks, byteTokenizer, 2);
  for (const [id, end] of ["One", "Two", "Three"].entries()) submit(id, shared + end, { maxTokens: 12 });
  for (let i = 0; i < 4; i++) await scheduler.step();
  const busy = describe();
  expect(busy.sequences.map(({ id, status }) => [id, status])).toEqual([
    [0, "running"],
    [1, "running"],
    [2, "waiting"],
  ]);
  expect(busy.sequences[1]).toMatchObject({ promptTokens: 37, cachedTokens: 32, sharedBlocks: 8 });
  expect(busy.blocks.used + busy.blocks.free).toBe(model.blocks.limit);
  const used = model.blocks.used;
  describe();
  expect(model.blocks.used).toBe(used);
  await runToEnd();
  const { prefixes, prefixBlocks, totals, sequences } = describe();
  expect(sequences).toEqual([]);
  expect(totals).toMatchObject({ generated: 36, read: 37 + 5 + 7, drafted: 0, preempted: 0 });
  expect(prefixes.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(prefixBlocks);
  expect(prefixes[0]).toMatchObject({ parent: undefined, blocks: 8, users: 1, text: "A pr" });
  expect(prefixes.slice(1).filter(({ parent }) => parent === 0)).toHaveLength(3);
});
