import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyData } from "../testing/tiny-run.js";
import { evaluationData } from "./held-out-rows.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-held-out-"));
  await writeTinyData(dir);
});
afterAll(() => rm(dir, { recursive: true }));

test("only what is held out is read: what is trained on may be elsewhere", async () => {
  const { parts } = await evaluationData(dir, undefined);
  for (const name of await readdir(dir)) if (name.includes(".train.")) await rm(join(dir, name));
  expect((await evaluationData(dir, undefined)).parts).toEqual(parts);
  expect(parts[0]!.file.tokens.length).toBeGreaterThan(0);
});

test("a folder that was never prepared is refused with the fix", async () => {
  await expect(evaluationData(join(dir, "none"), undefined)).rejects.toThrow(
    /no manifest\.json; run `cachalot prepare`/,
  );
});
