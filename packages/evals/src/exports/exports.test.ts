import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readParquet } from "@cachalot/files";
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import type { StoredRun } from "../run/run-directory.js";
import type { Sample } from "../run/sample.js";
import { type SampleMessage, userAct } from "../users/user-acts.js";
import { EXPORTS } from "./index.js";

const hostile = `<script>alert("1")</script> & ]]> \u0000 '"`;
const sample = (item: string, more: Partial<Sample>): Sample => ({
  ...{
    item,
    sample: 0,
    verdict: "right",
    because: "equal",
    gold: hostile,
    answer: "1",
    toolCalls: 0,
    seed: 1,
    seconds: 0.5,
  },
  messages: [
    { role: "user", content: hostile },
    {
      role: "assistant",
      content: "1",
      reasoning_content: "hm",
      tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{broken" } }],
    },
    { role: "tool", content: "ok", tool_call_id: "c" },
    { role: "assistant", content: "1" },
  ],
  usage: { promptTokens: 5, completionTokens: 7, reasoningTokens: 3, cachedTokens: 1 },
  ...{ finishReason: "stop", startedAt: "2025-01-01T00:00:00.000Z", ...more },
});
const [call, result] = userAct(1, { name: "toggle_data", arguments: {}, result: "Mobile data are now on" });
const acted: SampleMessage[] = [
  { role: "assistant", content: "Turn on mobile data, please." },
  ...[call, result],
  { role: "user", content: "It is on." },
  { role: "assistant", content: "Well done." },
];
const run: StoredRun = {
  header: {
    ...{
      format: "cachalot-eval",
      version: 1,
      benchmark: "gsm8k",
      data: "bundled",
      model: "m",
      engine: "e",
      codec: "c",
    },
    ...{
      sampling: {},
      thinkingMode: "chat",
      seed: 0,
      samples: 1,
      items: 4,
      prompts: "0".repeat(64),
      cachalot: "0.1.0",
      createdAt: "2025-01-01T00:00:00.000Z",
    },
  },
  samples: [
    sample("HumanEval/0", {}),
    sample("b", { verdict: "wrong" }),
    sample("c", { verdict: "not measured", reason: "infrastructure", because: "connection lost" }),
    sample("d", { verdict: "not measured", reason: "unparsed", messages: acted }),
  ],
};
const written = (name: string) => EXPORTS.find((one) => one.name === name)!.write(run);
const textOf = (name: string) => written(name) as string;

test("Inspect's log is a deflated zip of its header and every sample", () => {
  const files = unzipSync(written("inspect") as Uint8Array);
  const read = (name: string) => JSON.parse(strFromU8(files[name]!)) as Record<string, never>;
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([
      "_journal/start.json",
      "header.json",
      "summaries.json",
      "reductions.json",
      "samples/HumanEval/0_epoch_1.json",
    ]),
  );
  expect(read("header.json")).toMatchObject({
    version: 2,
    status: "success",
    results: { scores: [{ scored_samples: 2, unscored_samples: 2 }] },
  });
  expect(read("samples/HumanEval/0_epoch_1.json")).toMatchObject({
    id: "HumanEval/0",
    epoch: 1,
    scores: { cachalot: { value: "C" } },
  });
  expect(read("samples/c_epoch_1.json")).toMatchObject({ scores: {}, error: { message: "connection lost" } });
});

test("lm-eval's results have the score and a row for each sample; what was not measured is null", () => {
  const content = JSON.parse(textOf("lm-eval")) as {
    results: object;
    samples: { gsm8k: { exact_match: number | null }[] };
  };
  expect(content.results).toMatchObject({ gsm8k: { "exact_match,none": 0.5 } });
  expect(content.samples.gsm8k.map((row) => row.exact_match)).toEqual([1, 0, null, null]);
});

test("what a user did is text of the user's in Inspect, apart in lm-eval's rows, and marked in the page", () => {
  const files = unzipSync(written("inspect") as Uint8Array);
  const { messages } = JSON.parse(strFromU8(files["samples/d_epoch_1.json"]!)) as { messages: object[] };
  expect(messages.slice(1, 3)).toEqual([
    {
      ...{ role: "user", content: "toggle_data({})" },
      metadata: {
        unseen_by_model: true,
        tool_calls: [{ id: "user_call_1", function: "toggle_data", arguments: {}, type: "function" }],
      },
    },
    {
      ...{ role: "user", content: "Mobile data are now on" },
      metadata: { unseen_by_model: true, tool_call_id: "user_call_1" },
    },
  ]);
  const { samples } = JSON.parse(textOf("lm-eval")) as { samples: { gsm8k: { user_acts?: object[] }[] } };
  expect(samples.gsm8k.map(({ user_acts }) => user_acts)).toEqual([undefined, undefined, undefined, [call, result]]);
  const page = textOf("html");
  expect(page).toContain('<em>user, unseen by the model</em><pre class="call">toggle_data({})</pre>');
  expect(page).toContain("<em>tool, unseen by the model</em><pre>Mobile data are now on</pre>");
});

test("JUnit has failures, errors and skipped cases, and no sign that breaks XML", () => {
  const xml = textOf("junit");
  expect(xml).toContain('tests="4" failures="1" errors="1" skipped="1"');
  expect(xml).not.toContain("<script>");
  expect(xml).not.toContain("\u0000");
  expect(xml.match(/<testcase /g)!.length).toBe(4);
});

test("the table of samples is read back, with the run's header", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-export-"));
  await writeFile(join(dir, "run.parquet"), written("parquet"));
  const { rows, metadata } = await readParquet(join(dir, "run.parquet"));
  expect(rows.map(({ item, verdict, reason }) => [item, verdict, reason])).toEqual([
    ["HumanEval/0", "right", null],
    ["b", "wrong", null],
    ["c", "not measured", "infrastructure"],
    ["d", "not measured", "unparsed"],
  ]);
  expect(JSON.parse(metadata["cachalot.eval"]!)).toEqual(run.header);
  await rm(dir, { recursive: true });
});

test("the page shows score, plots and every conversation, and nothing of a model runs in it", () => {
  const page = textOf("html");
  expect(page).not.toContain("<script");
  expect(page).toContain("&#60;script&#62;");
  expect(page.match(/<details class="sample">/g)!.length).toBe(4);
  expect(page.match(/<svg /g)!.length).toBe(2);
  expect(page).toContain("50.0 %");
});
