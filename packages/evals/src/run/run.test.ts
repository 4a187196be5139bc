import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatModel, createScriptedModel } from "@cachalot/chat";
import { afterAll, beforeAll, expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { type RunOptions, runBenchmark } from "./run-benchmark.js";
import { readRun } from "./run-directory.js";

let dir: string;
let count = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-evals-"));
});
afterAll(() => rm(dir, { recursive: true }));

const said = (content: string): ChatModel => createScriptedModel({ turns: () => content });

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  ...{ benchmark: benchmarkNamed("gsm8k"), model: () => said("#### 18"), out: join(dir, `${count++}`) },
  ...{ about: { model: "m", engine: "e", codec: "c", cachalot: "0" }, limit: 6, samples: 2, sampling: {} },
  ...{ thinkingMode: "chat", seed: 1, concurrency: 3, timeoutMs: 60_000, ...more },
});

test("a run asks every problem so many times, each with a seed of its own", async () => {
  const { samples } = await runBenchmark(options());
  expect(samples.length).toBe(12);
  expect(new Set(samples.map(({ seed }) => seed)).size).toBe(12);
  expect(samples.filter(({ item }) => item === "1").map(({ verdict, answer }) => [verdict, answer])).toEqual([
    ["right", "18"],
    ["right", "18"],
  ]);
});

test("a run that was killed goes on: what was written is never asked again, a torn line is", async () => {
  let asked = 0;
  const model = () => {
    if (++asked > 5) throw new Error("killed");
    return said("#### 18");
  };
  const own = options({ concurrency: 1 });
  await expect(runBenchmark({ ...own, model })).rejects.toThrow("killed");
  await appendFile(join(own.out, "samples.jsonl"), '{"item": "6", "sample"');
  expect((await readRun(own.out)).samples.length).toBe(5);
  const { samples } = await runBenchmark({
    ...own,
    model: () => {
      asked++;
      return said("#### 18");
    },
  });
  expect(asked).toBe(6 + 7);
  expect(new Set(samples.map(({ item, sample }) => `${item} ${sample}`)).size).toBe(12);
  expect((await readRun(own.out)).samples).toEqual(samples);
});

test("a finished run asks nothing, a longer one only what is new", async () => {
  const own = options();
  await runBenchmark(own);
  let asked = 0;
  const model = () => {
    asked++;
    return said("");
  };
  await runBenchmark({ ...own, model });
  expect(asked).toBe(0);
  const { samples } = await runBenchmark({ ...own, model, limit: 7, samples: 3 });
  expect([asked, samples.length]).toEqual([9, 21]);
});

test("another model, other problems and a directory of something else are refused", async () => {
  const own = options();
  await runBenchmark(own);
  await expect(runBenchmark({ ...own, seed: 2 })).rejects.toThrow(/another seed; pass --out/);
  const data = join(dir, "other.jsonl");
  await writeFile(data, '{"problem": "What is 1 + 1?", "answer": "2"}\n');
  await expect(runBenchmark({ ...own, data })).rejects.toThrow(/another problem 1/);
  await writeFile(join(own.out, "eval.json"), '{"format": "else"}');
  await expect(runBenchmark(own)).rejects.toThrow(/another program/);
});

test("trouble is not measured, and never right or wrong", async () => {
  const troubles: Record<string, ChatModel> = {
    truncated: createScriptedModel({ turns: () => ({ content: "#### 18", finishReason: "length" }) }),
    infrastructure: createScriptedModel({ turns: () => ({ content: "#### 18", error: new Error("connection lost") }) }),
    unparsed: said("Well.\nWho knows."),
    "timed out": {
      ...{ id: "slow", contextLength: 100 },
      async *generate({ signal }) {
        await new Promise((resolve) => signal!.addEventListener("abort", resolve, { once: true }));
        yield { type: "finish", reason: "aborted" };
      },
    },
  };
  for (const [reason, model] of Object.entries(troubles)) {
    const { samples } = await runBenchmark(
      options({ model: () => model, limit: 1, samples: 1, timeoutMs: reason === "timed out" ? 50 : 60_000 }),
    );
    expect(samples).toMatchObject([{ verdict: "not measured", reason }]);
  }
});

test("the thinking is no answer, wherever a host puts it", async () => {
  const thinking = createScriptedModel({ turns: () => ({ reasoning: "#### 18", content: "" }) });
  const inContent = said("<think>\\boxed{18}</think>\n#### 17");
  for (const model of [thinking, inContent])
    expect(
      (await runBenchmark(options({ model: () => model, limit: 1, samples: 1, thinkingMode: "thinking" }))).samples,
    ).toMatchObject([{ verdict: "wrong" }]);
});

test.each([
  ['{"problem": "a"}', /data\.jsonl:1: answer or gold is missing; expected/],
  ['{"problem": "a", "answer": "1"}\n{"problem": 7, "answer": null}', /data\.jsonl:2: answer or gold is missing/],
  [
    '{"id": "a", "problem": "a", "answer": "1"}\n\n{"id": "a", "problem": "b", "answer": "1"}',
    /data\.jsonl:3: id a is that of .*data\.jsonl:1 too/,
  ],
  ["nonsense", /data\.jsonl:1 is not JSON/],
  ["", /has no rows/],
])("a data file that does not fit names its line and field: %j", async (content, message) => {
  const data = join(dir, "data.jsonl");
  await writeFile(data, content);
  await expect(runBenchmark(options({ benchmark: benchmarkNamed("final-answers"), data }))).rejects.toThrow(message);
});

test("the header keeps what may move the number", async () => {
  const own = options({ sampling: { temperature: 0.5 } });
  await runBenchmark(own);
  const header = JSON.parse(await readFile(join(own.out, "eval.json"), "utf8")) as object;
  expect(header).toMatchObject({
    benchmark: "gsm8k",
    engine: "e",
    codec: "c",
    sampling: { temperature: 0.5 },
    prompts: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("what broke is asked again by the next command, and an endpoint that is gone ends the run", async () => {
  const own = options({ limit: 3, samples: 1 });
  const broken = createScriptedModel({ turns: () => ({ content: "", error: new Error("connection lost") }) });
  expect((await runBenchmark({ ...own, model: () => broken })).samples.map(({ reason }) => reason)).toEqual(
    Array.from({ length: 3 }, () => "infrastructure"),
  );
  const { samples } = await runBenchmark(own);
  expect(samples.map(({ verdict }) => verdict).sort()).toEqual(["right", "wrong", "wrong"]);
  expect((await readRun(own.out)).samples.map(({ reason }) => reason)).toEqual([undefined, undefined, undefined]);
  await expect(runBenchmark(options({ limit: 100, model: () => broken }))).rejects.toThrow(
    /3\d answers in a row broke.*connection lost/,
  );
});
