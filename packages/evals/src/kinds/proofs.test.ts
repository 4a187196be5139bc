import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel } from "@cachalot/chat";
import { expect, test } from "vitest";
import type { Item } from "../benchmark.js";
import { benchmarkNamed } from "../benchmarks/index.js";
import { calibrateOn } from "../judge/calibrate.js";
import { modelJudge } from "../judge/judge.js";
import { markAgreement, marksSheet, readMarks } from "../marks/sheet.js";
import type { Sample } from "../run/sample.js";

const saying = (...turns: string[]) => modelJudge(createScriptedModel({ turns }));
const benchmark = benchmarkNamed("proofs");

async function itemsOf(rows: readonly object[]): Promise<Item[]> {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-proofs-"));
  try {
    const data = join(dir, "proofs.jsonl");
    await writeFile(data, rows.map((row) => JSON.stringify(row)).join("\n"));
    const items: Item[] = [];
    for await (const item of benchmark.items({ seed: 0, limit: 10, data })) items.push(item);
    return items;
  } finally {
    await rm(dir, { recursive: true });
  }
}
const ROW = { id: "1", problem: "Prove it.", solution: "So it is.", guidelines: "All or nothing.", points: 21 };
const answered = (content: string) => ({ message: { role: "assistant" as const, content }, messages: [] });

test.each([
  [["21", "21"], { verdict: "right", mark: { got: 21, most: 21 }, because: "21 of 21 marks" }],
  [["Mark: 9 of 21.", "10"], { verdict: "wrong", mark: { got: 9, most: 21 } }],
  [["0", "7"], { verdict: "not measured", because: "the judge cannot tell a mark" }],
  [["22", "21"], { verdict: "not measured" }],
  [["It is 3 because 4", "3"], { verdict: "not measured" }],
])("a judge that says %j in its two orders", async (said, grade) => {
  const [item] = await itemsOf([ROW]);
  expect(await benchmark.grade(answered("So."), item!, { judge: saying(...said) })).toMatchObject(grade);
});

test("no answer has no marks; without a judge nothing else is measured", async () => {
  const [item] = await itemsOf([ROW]);
  expect(await benchmark.grade(answered(" "), item!)).toMatchObject({ verdict: "wrong", mark: { got: 0, most: 21 } });
  expect(await benchmark.grade(answered("So."), item!)).toMatchObject({ verdict: "not measured", reason: "unparsed" });
});

test("a rubric that does not fit names its field", async () => {
  await expect(itemsOf([{ ...ROW, points: 0 }])).rejects.toThrow(/proofs\.jsonl:1: points is 0; expected/);
  await expect(itemsOf([{ ...ROW, guidelines: undefined }])).rejects.toThrow(
    /guidelines or Grading guidelines is missing/,
  );
});

test("a judge of marks is calibrated by a whole solution and by none", async () => {
  const knows = createScriptedModel({
    turns: ({ messages }) => (/which was to be proved/.test(messages[0]!.content!) ? "0" : "6"),
  });
  const request = { seed: 0, limit: 60 };
  expect(await calibrateOn(modelJudge(knows), benchmarkNamed("imo-proofbench"), request, 30)).toMatchObject({
    ...{ asked: 30, unsure: 0, error: 0 },
  });
  const kind = createScriptedModel({ turns: () => "7" });
  await expect(calibrateOn(modelJudge(kind), benchmarkNamed("imo-proofbench"), request, 30)).rejects.toThrow(
    /wrong on 15 of 30/,
  );
});

const sampleOf = (item: string, answer: string, got?: number): Sample => ({
  ...{ item, sample: 0, verdict: "wrong", because: "", answer, gold: "S", toolCalls: 0, seed: 0, seconds: 0 },
  ...{ messages: [{ role: "user", content: "P" }], startedAt: "" },
  usage: { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 },
  ...(got !== undefined && { mark: { got, most: 7 } }),
});

test("people mark without seeing the judge's mark, and both are compared", async () => {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-marks-"));
  try {
    const samples = [sampleOf("a", "A", 7), sampleOf("b", "B", 3), sampleOf("c", "C")];
    const sheet = marksSheet(samples);
    expect(sheet).not.toMatch(/"mark":\s*[0-9{]/);
    const filled = sheet
      .split("\n")
      .filter(Boolean)
      .map((line, i) => JSON.stringify({ ...JSON.parse(line), mark: [7, 5, null][i] }));
    const file = join(dir, "marks.jsonl");
    await writeFile(file, filled.join("\n"));
    const marks = await readMarks(file, samples);
    expect(marks.map(({ item, mark }) => [item, mark])).toEqual([
      ["a", 7],
      ["b", 5],
    ]);
    expect(markAgreement(samples, marks)).toEqual({ both: 2, same: 1, withinOne: 1, bias: -1 });
    await writeFile(file, '{"item": "a", "mark": 8}');
    await expect(readMarks(file, samples)).rejects.toThrow(/marks\.jsonl:1: mark is 8, not from 0 to 7/);
    await writeFile(file, '{"item": "z", "mark": 1}');
    await expect(readMarks(file, samples)).rejects.toThrow(/the run has no sample 0 of z/);
  } finally {
    await rm(dir, { recursive: true });
  }
});
