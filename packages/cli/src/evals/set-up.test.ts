import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EvalFlags, setUpEvaluation } from "./set-up.js";

let empty: string;
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), "cachalot-set-up-"));
});
afterAll(() => rm(empty, { recursive: true }));

const flags: EvalFlags = { profile: "generic", mode: "messages", thinking: false, concurrency: 1, timeout: 60 };

test("what is left to workers is the same evaluation, without the weights", async () => {
  const here = await setUpEvaluation("gsm8k", flags);
  const elsewhere = await setUpEvaluation("gsm8k", flags, "elsewhere");
  try {
    expect(elsewhere.identity).toEqual(here.identity);
    expect(elsewhere.options.about).toEqual(here.options.about);
  } finally {
    await here.close();
    await elsewhere.close();
  }
});

test("no file of the model is read, but its directory has to be there", async () => {
  await expect(setUpEvaluation("gsm8k", { ...flags, model: empty })).rejects.toThrow();
  const { options } = await setUpEvaluation("gsm8k", { ...flags, model: empty }, "elsewhere");
  expect(options.about.model).toBe(empty);
  expect(() => options.model(options.benchmark, { id: "", messages: [], gold: "", data: {} })).toThrow(
    /is for workers to open/,
  );
  const absent = { ...flags, model: join(empty, "none") };
  await expect(setUpEvaluation("gsm8k", absent, "elsewhere")).rejects.toThrow(/there is no checkpoint at/);
});
