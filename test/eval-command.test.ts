import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot } from "./support/cachalot.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-eval-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** Every command is a process of its own. */
const PATIENCE = 300_000;

const rowsOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test(
  "evals list names every benchmark, and what is expected of one that is not bundled",
  async () => {
    const rows = rowsOf((await cachalot(["evals", "list", "--json"])).stdout);
    expect(rows).toContainEqual(expect.objectContaining({ name: "gsm8k", bundled: true, licence: "MIT" }));
    expect(rows).toContainEqual(
      expect.objectContaining({ name: "aime", bundled: false, expects: expect.stringContaining("problem") }),
    );
  },
  PATIENCE,
);

test(
  "the oracle is right, the empty model wrong; show and compare read what was run",
  async () => {
    const runs = ["oracle", "empty"].map((name) => ({ name, out: join(dir, name) }));
    for (const { name, out } of runs) {
      const run = await cachalot([
        "eval",
        "gsm8k",
        "--model",
        `scripted:${name}`,
        "--limit",
        "20",
        "--out",
        out,
        "--json",
      ]);
      expect(JSON.parse(run.stdout)).toMatchObject({
        directory: out,
        items: 20,
        summary: { score: name === "oracle" ? 1 : 0 },
      });
    }
    const [a, b] = runs.map(({ out }) => out) as [string, string];
    expect((await cachalot(["evals", "show", a])).stdout).toMatch(
      /gsm8k {2}scripted:oracle\nscore .*100\.0 %, 95 % interval 83\.9 to 100\.0/,
    );
    const compared = await cachalot(["evals", "compare", a, b, "--json"]);
    expect(JSON.parse(compared.stdout)).toMatchObject({ problems: 20, difference: -1 });
    expect((await cachalot(["evals", "compare", a, dir])).stderr).toContain("holds no run");
  },
  PATIENCE,
);

test(
  "a set of one's own is graded, and the same command goes on with its run",
  async () => {
    const data = join(dir, "own.jsonl");
    await writeFile(
      data,
      '{"id": "a", "problem": "1/2 + 1/2?", "answer": "1"}\n{"problem": "x?", "answer": "\\\\sqrt{2}"}\n',
    );
    const args = ["eval", "final-answers", "--data", data, "--model", "scripted:oracle", "--out", join(dir, "own")];
    const first = await cachalot(args);
    expect(first.stdout).toContain("2 of 2 problems: 2 right, 0 wrong, 0 not measured");
    const before = await readFile(join(dir, "own", "samples.jsonl"), "utf8");
    expect((await cachalot(args)).status).toBe(0);
    expect(await readFile(join(dir, "own", "samples.jsonl"), "utf8")).toBe(before);
  },
  PATIENCE,
);

test(
  "an unknown benchmark, script or file is refused with what there is",
  async () => {
    expect((await cachalot(["eval", "gsm9k"])).stderr).toContain('no benchmark "gsm9k"; there are gsm8k');
    expect((await cachalot(["eval", "gsm8k", "--model", "scripted:clever"])).stderr).toContain(
      "scripted:oracle, scripted:empty, scripted:wrong",
    );
    expect((await cachalot(["eval", "hmmt", "--model", "scripted:oracle"])).stderr).toContain("is not bundled");
    expect(
      (await cachalot(["eval", "gsm8k", "--data", join(dir, "none.jsonl"), "--model", "scripted:oracle"])).stderr,
    ).toContain("cannot read");
  },
  PATIENCE,
);

test(
  "self-test says ok for every kind of planted answer",
  async () => {
    const { stdout, status } = await cachalot(["eval", "math-500", "--self-test", "--limit", "5"]);
    expect(status).toBe(0);
    expect(stdout.match(/^ok /gm)!.length).toBeGreaterThanOrEqual(9);
    expect(stdout).not.toContain("fault");
  },
  PATIENCE,
);

test(
  "a run is exported in every format, and the report's tables agree with their marks",
  async () => {
    const run = join(dir, "exported");
    await cachalot(["eval", "gsm8k", "--model", "scripted:oracle", "--limit", "3", "--samples", "2", "--out", run]);
    for (const format of ["inspect", "lm-eval", "junit", "parquet", "html"]) {
      const { stdout, status } = await cachalot(["evals", "export", run, "--format", format]);
      expect(status).toBe(0);
      expect((await readFile(stdout.trim())).length).toBeGreaterThan(100);
    }
    expect((await cachalot(["evals", "export", run, "--format", "xlsx"])).stderr).toContain(
      "there are inspect, lm-eval",
    );
    const tables = await cachalot(["evals", "tables", run]);
    expect(tables.stdout).toContain("7 + 7 + 7 + 7 + 7 + 0 = 35 of 42, gold  agrees");
    expect(tables.stdout).toContain("gsm8k  scripted:oracle  100.0 %");
    expect(tables.stdout).not.toContain("differs");
  },
  PATIENCE,
);

test(
  "a contest's medal follows its cut-offs; problems in a corpus are found",
  async () => {
    expect((await cachalot(["evals", "contest", "imo-2025", "7,7,7,7,6,0"])).stdout).toContain("34 of 42, silver");
    expect(
      (await cachalot(["evals", "contest", "ioi-2025", "100,82,72,100,55,83", "--cutoffs", "430,320,220"])).stdout,
    ).toContain("492 of 600, gold");
    expect((await cachalot(["evals", "contest", "imo-2025", "8,7,7,7,6,0"])).stderr).toContain("from 0 to 7, not 8");
    const corpus = join(dir, "corpus.jsonl");
    const problem =
      "Janet’s ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins for her friends";
    await writeFile(corpus, `{"text": "else"}\n${JSON.stringify({ text: `So: ${problem}` })}\n`);
    const { stdout } = await cachalot(["evals", "contamination", "gsm8k", corpus, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ items: 1319, overlaps: [{ item: "1", where: `${corpus}:2` }] });
  },
  PATIENCE,
);
