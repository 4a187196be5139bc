import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arbitraryRollout, arbitraryRollouts } from "../testing/arbitrary-rollouts.js";
import { readRollouts } from "./read-rollouts.js";
import { writeRollouts } from "./write-rollouts.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rollouts-"));
});
afterAll(() => rm(dir, { recursive: true }));

test("a step's rollouts are read back exactly as they were written, and no other file is left", async () => {
  const path = join(dir, "000001.parquet");
  await fc.assert(
    fc.asyncProperty(arbitraryRollouts, fc.boolean(), async (rollouts, known) => {
      const advantages = new Map(rollouts.map(({ id }, i) => [id, i - 0.5]));
      const about = {
        ...{ run: "r", step: 7, rollouts },
        ...(known ? { model: "m", weightsHash: "abc" } : {}),
        ...(known && rollouts.length > 0 ? { advantages } : {}),
      };
      await writeRollouts(path, about);
      expect(await readRollouts(path)).toEqual(about);
    }),
    { numRuns: 100 },
  );
  expect(await readdir(dir)).toEqual(["000001.parquet"]);
});

test("a sequence whose arrays do not fit its tokens is not written, and the message says which", async () => {
  const [rollout] = fc
    .sample(arbitraryRollout("r"), { numRuns: 40, seed: 1 })
    .filter(({ sequences }) => sequences[0]?.experts);
  const [sequence] = rollout!.sequences;
  const tokens = sequence!.ids.length;
  for (const [change, message] of [
    [{ sampled: new Uint8Array(tokens + 1) }, `sampled has ${tokens + 1} values for ${tokens} tokens`],
    [{ logprobs: new Float32Array(tokens) }, "token 0 is not sampled, and its log-probability 0"],
    [{ kept: { ids: new Int32Array(), counts: new Int32Array(90) } }, "kept sets of 90 tokens"],
    [
      { experts: { data: new Uint8Array(6 * tokens), shape: [tokens, 3, 2] as [number, number, number] } },
      `experts has rows for ${tokens} tokens`,
    ],
  ] as const) {
    const broken = { ...rollout!, sequences: [{ ...sequence!, ...change }] };
    const writing = writeRollouts(join(dir, "bad.parquet"), { run: "r", step: 1, rollouts: [broken] });
    await expect(writing).rejects.toMatchObject({ code: "misaligned", message: expect.stringContaining(message) });
  }
});

test("files that are cut off or of something else are refused by name", async () => {
  const path = join(dir, "000001.parquet");
  const cut = join(dir, "cut.parquet");
  await writeFile(cut, (await readFile(path)).subarray(0, -20));
  await expect(readRollouts(cut)).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringContaining(cut),
  });
  await expect(readRollouts(join(dir, "none.parquet"))).rejects.toMatchObject({ code: "ENOENT" });
});
