import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createScriptedModel } from "@cachalot/chat";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { findInstances, writeTaskFolder } from "@cachalot/synthesis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { benchmarkNamed } from "../benchmarks/index.js";
import { predictionsModel } from "../models/predictions.js";
import { type ModelFor, scriptedModel } from "../models/scripted.js";
import { type RunOptions, runBenchmark } from "../run/run-benchmark.js";
import { selfTest } from "../self-test/self-test.js";

const without = await sandboxUnavailableReason();

let dir: string;
let count = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-folders-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const run = (name: string, model: string | ModelFor, more: Partial<RunOptions>) =>
  runBenchmark({
    ...{ benchmark: benchmarkNamed(name), out: join(dir, `out-${count++}`), limit: 9, samples: 1, sampling: {} },
    ...{ about: { model: "m", engine: "e", codec: "c", cachalot: "0" }, thinkingMode: "chat", seed: 0, concurrency: 2 },
    ...{ model: typeof model === "string" ? scriptedModel(`scripted:${model}`)! : model, timeoutMs: 120_000, ...more },
  });

const verdicts = async (...args: Parameters<typeof run>) =>
  (await run(...args)).samples
    .sort((a, b) => (a.item < b.item ? -1 : 1))
    .map(({ verdict, reason }) => reason ?? verdict);

async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** The planted answers that a grader takes for what they are not. */
async function misjudged(name: string, own: { data: string; files?: { environments: string } }) {
  const benchmark = benchmarkNamed(name);
  const request = { data: own.data, ...own.files, seed: 0, limit: 1 };
  for await (const item of benchmark.items(request))
    return (await selfTest(benchmark, [item])).filter(({ failures }) => failures.length > 0);
  throw new Error(`${name} has no problem`);
}

describe.skipIf(without !== undefined)("Harbor task folders", () => {
  let data: string;
  const folder = (name: string, dockerfile: string) =>
    writeFiles(join(data, name), {
      "task.toml": 'schema_version = "1.1"\n[verifier]\ntimeout_sec = 60\n',
      "instruction.md": "Write the word whale to /app/word.txt.\n",
      "environment/Dockerfile": dockerfile,
      "tests/test.sh":
        'mkdir -p /logs/verifier\nif [ "$(cat /app/word.txt)" = whale ]; then echo 1; else echo 0; fi > /logs/verifier/reward.txt\n',
      "solution/solve.sh": "echo whale > /app/word.txt\n",
    });
  beforeAll(async () => {
    data = join(dir, "tasks");
    await folder("a-word", "FROM ubuntu:24.04\nWORKDIR /app\n");
    await folder("b-needs-network", "FROM ubuntu:24.04\nWORKDIR /app\nRUN curl -fsS http://example.org/ > page\n");
    await folder("c-needs-a-stage", "FROM ubuntu:24.04\nCOPY --from=builder page page\nWORKDIR /app\n");
  });

  test("oracle 1, empty and wrong 0; what cannot run here is not measured, with the line", async () => {
    const { samples } = await run("harbor", "oracle", { data });
    expect(samples.map(({ item, verdict, reason }) => [item, reason ?? verdict]).sort()).toEqual([
      ["a-word", "right"],
      ["b-needs-network", "unsupported"],
      ["c-needs-a-stage", "unsupported"],
    ]);
    for (const { item, because } of samples) if (item !== "a-word") expect(because).toMatch(/Dockerfile line [23]/);
    for (const model of ["empty", "wrong"])
      expect((await verdicts("harbor", model, { data, limit: 1 }))[0]).toBe("wrong");
  }, 300_000);

  test("the verifier holds against planted answers", async () => {
    expect(await misjudged("harbor", { data })).toEqual([]);
  }, 300_000);

  test("what was done when the steps ran out counts", async () => {
    const command = "echo whale > /app/word.txt";
    const works = () =>
      createScriptedModel({ turns: () => ({ toolCalls: [{ name: "bash", arguments: { command } }] }) });
    const { samples } = await run("harbor", works, { data, limit: 1, agent: { steps: 2 } });
    expect(samples).toMatchObject([
      { verdict: "right", steps: 2, because: expect.stringContaining("steps were used up") },
    ]);
  }, 300_000);

  test("a folder that is none is refused by name", async () => {
    await expect(run("harbor", "oracle", { data: join(dir, "nowhere") })).rejects.toThrow(/there is no .*nowhere/);
    await writeFiles(join(dir, "broken", "one"), { "task.toml": "[agent]\ntimeout_sec = -1\n", "instruction.md": "x" });
    await expect(run("harbor", "oracle", { data: join(dir, "broken") })).rejects.toThrow(/task one: .*timeout_sec/s);
  });
});

describe.skipIf(without !== undefined)("SWE-bench instances", () => {
  let own: { data: string; files: { environments: string } };
  const [LOW, HIGH] = [
    'test("low", () => assert.equal(clamp(0, 1, 3), 1));\n',
    'test("high", () => assert.equal(clamp(5, 1, 3), 3));\n',
  ];
  const PATCH =
    "diff --git a/lib/clamp.js b/lib/clamp.js\n--- a/lib/clamp.js\n+++ b/lib/clamp.js\n@@ -1 +1 @@\n" +
    "-exports.clamp = (value, low, high) => Math.max(value, low);\n" +
    "+exports.clamp = (value, low, high) => Math.min(Math.max(value, low), high);\n";
  const BREAKS = PATCH.replace("Math.min(Math.max(value, low), high)", "high");

  beforeAll(async () => {
    const repository = join(dir, "clamp");
    await writeFiles(repository, {
      "package.json": '{"name":"clamp","version":"1.0.0","scripts":{"test":"node --test"}}\n',
      "lib/clamp.js": "exports.clamp = (value, low, high) => Math.max(value, low);\n",
      "test/clamp.test.js": `const test = require("node:test");\nconst assert = require("node:assert");\nconst { clamp } = require("../lib/clamp.js");\n${LOW}`,
    });
    const git = async (...args: string[]) =>
      (
        await promisify(execFile)("git", ["-c", "user.name=a", "-c", "user.email=a@localhost", ...args], {
          cwd: repository,
        })
      ).stdout;
    await git("init", "-q");
    await git("add", "-A");
    await git("commit", "-q", "-m", "base");
    const instance = {
      ...{
        instance_id: "x__clamp-1",
        repo: "x/clamp",
        base_commit: (await git("rev-parse", "HEAD")).trim(),
        patch: PATCH,
      },
      problem_statement: "clamp ignores the upper bound\n\nValues above it come back as they are.",
      test_patch: `diff --git a/test/clamp.test.js b/test/clamp.test.js\n--- a/test/clamp.test.js\n+++ b/test/clamp.test.js\n@@ -4 +4,2 @@\n ${LOW}+${HIGH}`,
      ...{ FAIL_TO_PASS: '["high"]', PASS_TO_PASS: '["low"]' },
    };
    const [data, environments] = [join(dir, "instances.jsonl"), join(dir, "environments")];
    await writeFile(data, `${JSON.stringify(instance)}\n`);
    const [found] = await findInstances(data, [repository]);
    const task = await found!.read();
    await writeTaskFolder(task, join(environments, task.name));
    own = { data, files: { environments } };
  }, 300_000);

  test("an agent's repository is judged by its tests", async () => {
    expect(await verdicts("swebench", "oracle", own)).toEqual(["right"]);
    const { samples } = await run("swebench", "wrong", own);
    expect(samples).toMatchObject([{ verdict: "wrong", because: expect.stringContaining("FAIL_TO_PASS is broken") }]);
    expect(await verdicts("swebench", "empty", own)).toEqual(["wrong"]);
  }, 300_000);

  test("predictions are applied and judged; a patch that breaks another test is wrong", async () => {
    const file = join(dir, "predictions.jsonl");
    const predicted = async (patch: string) => {
      await writeFile(
        file,
        `${JSON.stringify({ instance_id: "x__clamp-1", model_name_or_path: "m", model_patch: patch })}\n`,
      );
      return (await run("swebench-patch", (await predictionsModel(`predictions:${file}`))!, own)).samples[0]!;
    };
    expect(await predicted(PATCH)).toMatchObject({ verdict: "right" });
    expect(await predicted(BREAKS)).toMatchObject({
      verdict: "wrong",
      because: expect.stringContaining("PASS_TO_PASS is broken"),
    });
    expect(await predicted("")).toMatchObject({ verdict: "wrong", because: "there is no patch" });
    await writeFile(file, '{"instance_id": "x__clamp-1", "model_patch": 3}\n');
    await expect(predictionsModel(`predictions:${file}`)).rejects.toThrow(/predictions.jsonl:1: model_patch/);
  }, 300_000);

  test.each(["swebench-patch", "swebench"])(
    "the grader of %s holds against planted answers",
    async (name) => {
      expect(await misjudged(name, own)).toEqual([]);
    },
    300_000,
  );

  test("an instance without a folder is not measured; a row without a field is refused", async () => {
    const text = await readFile(own.data, "utf8");
    const data = join(dir, "other.jsonl");
    await writeFile(data, text.replace("x__clamp-1", "x__clamp-2"));
    expect(await verdicts("swebench", "oracle", { ...own, data })).toEqual(["unsupported"]);
    await writeFile(data, `${text}{"instance_id": "y"}\n`);
    await expect(run("swebench", "oracle", { ...own, data })).rejects.toThrow(/other.jsonl:2: .*repo/s);
    await expect(run("swebench", "oracle", { data: own.data })).rejects.toThrow(/pass --environments/);
  }, 300_000);
});
