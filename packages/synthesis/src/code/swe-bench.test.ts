import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { taskConfig } from "../harbor/task-config.js";
import { textFiles } from "../task.js";
import { readSweBench, sweBenchCandidate } from "./candidates/swe-bench-candidate.js";
import { formatSweBench, parseSweBench, type SweBenchInstance, toSweBench } from "./swe-bench.js";
import { commitFiles } from "./testing/repository.js";

const text = fc.string({ unit: "grapheme" });
const instance: fc.Arbitrary<SweBenchInstance> = fc.record({
  ...{
    instance_id: fc.string({ minLength: 1 }),
    repo: text,
    base_commit: text,
    patch: text,
    test_patch: text,
    problem_statement: text,
  },
  ...{ hints_text: text, created_at: text, version: text, environment_setup_commit: text },
  ...{ FAIL_TO_PASS: fc.array(text), PASS_TO_PASS: fc.array(text) },
});

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cachalot-swe-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("SWE-bench instances", () => {
  it("are read as they were written, the lists as JSON text", () => {
    fc.assert(
      fc.property(instance, (value) => {
        const written = JSON.parse(formatSweBench(value)) as Record<string, unknown>;
        expect(typeof written.FAIL_TO_PASS).toBe("string");
        expect(parseSweBench(written)).toEqual(value);
      }),
    );
  });

  it("are read with plain lists, and with fields of others", () => {
    const value = { ...fc.sample(instance, { numRuns: 1, seed: 1 })[0]!, difficulty: "<15 min fix" };
    expect(parseSweBench(value)).toEqual(value);
  });

  it.each([
    ["not JSON", "a, b"],
    ["JSON of no list", "{}"],
    ["a list of numbers", "[1]"],
  ])("are refused with tests that are %s", (_, tests) => {
    const value = { ...fc.sample(instance, { numRuns: 1, seed: 1 })[0]!, FAIL_TO_PASS: tests };
    expect(() => parseSweBench(value)).toThrow(/FAIL_TO_PASS/);
  });

  it("come of tasks that were mined, and of no others", () => {
    const task = {
      ...{
        name: "git-x-1",
        instance: undefined,
        instruction: "Mend it.",
        config: taskConfig({}),
        environment: new Map(),
      },
      tests: textFiles({ "test.patch": "T", "expected.json": '{"FAIL_TO_PASS":["a > b"],"PASS_TO_PASS":[]}' }),
      solution: textFiles({ "gold.patch": "G" }),
    };
    expect(toSweBench(task)).toMatchObject({
      instance_id: "git-x-1",
      patch: "G",
      test_patch: "T",
      FAIL_TO_PASS: ["a > b"],
    });
    expect(() => toSweBench({ ...task, solution: new Map() })).toThrow(/has no gold.patch/);
  });

  it("give back the trees of the commit they were made of", async () => {
    const repository = join(directory, "project");
    const files = { "package.json": "{}", "lib/a.js": "exports.a = 1;\n", "test/a.js": "1;\n" };
    const base = await commitFiles(repository, files);
    const before = {
      instance_id: "x__project-1",
      repo: "x/project",
      base_commit: base,
      problem_statement: "Two\n\nis wanted.",
    };
    const patches = {
      patch:
        "diff --git a/lib/a.js b/lib/a.js\n--- a/lib/a.js\n+++ b/lib/a.js\n@@ -1 +1 @@\n-exports.a = 1;\n+exports.a = 2;\n",
      test_patch:
        "diff --git a/test/b.js b/test/b.js\nnew file mode 100644\n--- /dev/null\n+++ b/test/b.js\n@@ -0,0 +1 @@\n+2;\n",
    };
    const file = join(directory, "instances.jsonl");
    await writeFile(file, `${JSON.stringify({ ...before, ...patches, FAIL_TO_PASS: "[]", PASS_TO_PASS: [] })}\n`);
    const [read] = await readSweBench(file);
    const { store, after, texts } = await sweBenchCandidate(read!, repository, join(directory, "scratch")).read();
    expect([...after.keys()]).toEqual(["lib/a.js", "package.json", "test/a.js", "test/b.js"]);
    expect(String(await store.get(after.get("lib/a.js")!.id))).toBe("exports.a = 2;\n");
    expect(texts.issue).toEqual({ title: "Two", body: "is wanted." });
  });
});
