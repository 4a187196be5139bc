import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-grade-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** Every command is a process of its own. */
const PATIENCE = 300_000;

test.each([
  ["\\frac{1}{2}", "0.5", "equal", 0],
  ["-\\frac{1}{2}", "-0.5", "equal", 0],
  ["x=3", "y=3", "different", 2],
  ["0^0", "1", "cannot tell", 3],
])(
  "grade math %s %s says %s and exits with %d",
  async (gold, answer, verdict, status) => {
    const run = await cachalot(["grade", "math", gold, answer, "--json"]);
    expect(run.status).toBe(status);
    expect(JSON.parse(run.stdout)).toMatchObject({ verdict, gold, answer });
  },
  PATIENCE,
);

test(
  "pairs of a file are graded line by line",
  async () => {
    const file = join(dir, "pairs.jsonl");
    await writeFile(file, '{"gold": "1/2", "answer": 0.5}\n\n{"gold": "1/2^99", "answer": "1/2^98"}\n');
    const { stdout, stderr, status } = await cachalot(["grade", "math", "--pairs", file, "--json"]);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(rows).toMatchObject([
      { line: 1, verdict: "equal" },
      { line: 3, verdict: "different" },
    ]);
    expect(stderr).toContain("2 pairs: 1 equal, 1 different, 0 cannot tell");
    expect(status).toBe(0);
  },
  PATIENCE,
);

test.each([
  ['{"gold": "1", "answer": "1"}\n{"gold": 1, "answer": null}', /:2: answer is null; every line must be/],
  ['{"gold": "1", "answer": "1"}\n\n[', /:3 is not JSON/],
  ["17", /:1: gold is missing/],
])(
  "a file that does not fit is refused with its line: %j",
  async (content, message) => {
    const file = join(dir, "bad.jsonl");
    await writeFile(file, content);
    const { stdout, stderr, status } = await cachalot(["grade", "math", "--pairs", file]);
    expect(stderr).toMatch(message);
    expect([stdout, status]).toEqual(["", 1]);
  },
  PATIENCE,
);

test(
  "one text, three texts, and both pairs and texts are refused",
  async () => {
    for (const args of [["1"], ["1", "2", "3"], ["1", "2", "--pairs", "x"]])
      expect(await cachalot(["grade", "math", ...args])).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("error:"),
      });
  },
  PATIENCE,
);
