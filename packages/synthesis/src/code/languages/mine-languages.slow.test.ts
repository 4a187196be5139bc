import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TaskFolder } from "../../task.js";
import { withSandbox } from "../../testing/with-sandbox.js";
import { code } from "../pipeline.js";
import { commitFiles } from "../testing/repository.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "cachalot-languages-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Works on a commit up to the gates. Needs no registry. @returns the task, or why it was dropped */
async function mineCommit(
  name: string,
  before: Record<string, string>,
  after: Record<string, string>,
): Promise<TaskFolder | string> {
  const repository = join(root, name);
  const parent = await commitFiles(repository, before);
  const commit = await commitFiles(repository, after, "Add numbers, do not subtract them");
  const seed = { key: commit, data: { kind: "git", commit: { repository, commit, parent } } };
  let why = "no candidate";
  const context = {
    ...{ cache: join(root, "cache"), signal: new AbortController().signal, spend: () => {} },
    stage: async <T>(stage: string, work: () => T | Promise<T>) => {
      try {
        return await work();
      } catch (error) {
        why = `${stage}: ${(error as Error).message}`;
        return undefined;
      }
    },
  };
  for await (const task of code.candidates(seed, code.options.parse({}), context)) return task;
  return why;
}

const MINUS = { c: "int add(int a, int b) { return a - b; }\n" };
const PLUS = { c: "int add(int a, int b) { return a + b; }\n" };

const CMAKE = (file: string, test: string) =>
  `cmake_minimum_required(VERSION 3.10)\nproject(x C CXX)\nadd_library(add ${file})\nenable_testing()\nadd_executable(t ${test})\ntarget_link_libraries(t add)\nadd_test(NAME zero COMMAND t 0)\nadd_test(NAME three COMMAND t 3)\n`;
const C_TEST = (old: boolean) =>
  `#include <stdlib.h>\nint add(int a, int b);\nint main(int n, char **v) { int k = atoi(v[1]); return ${old ? "add(k, 0) == k" : "add(k, k) == 2 * k"} ? 0 : 1; }\n`;

const PROJECTS: Record<
  string,
  { before: Record<string, string>; after: Record<string, string>; failToPass: string[] }
> = {
  c: {
    before: { "CMakeLists.txt": CMAKE("add.c", "tests/t.c"), "add.c": MINUS.c, "tests/t.c": C_TEST(true) },
    after: { "add.c": PLUS.c, "tests/t.c": C_TEST(false) },
    failToPass: ["ctest > three"],
  },
  cpp: {
    before: { "CMakeLists.txt": CMAKE("add.cpp", "tests/t.cpp"), "add.cpp": MINUS.c, "tests/t.cpp": C_TEST(true) },
    after: { "add.cpp": PLUS.c, "tests/t.cpp": C_TEST(false) },
    failToPass: ["ctest > three"],
  },
  rust: {
    before: {
      "Cargo.toml": '[package]\nname = "adding"\nversion = "0.1.0"\nedition = "2018"\n',
      "src/lib.rs": "pub fn add(a: i32, b: i32) -> i32 { a - b }\n",
      "tests/adds.rs": "#[test]\nfn zero() { assert_eq!(adding::add(0, 0), 0); }\n",
    },
    after: {
      "src/lib.rs": "pub fn add(a: i32, b: i32) -> i32 { a + b }\n",
      "tests/adds.rs":
        "#[test]\nfn zero() { assert_eq!(adding::add(0, 0), 0); }\n#[test]\nfn three() { assert_eq!(adding::add(1, 2), 3); }\n",
    },
    failToPass: ["tests/adds.rs > three"],
  },
  php: {
    before: {
      "composer.json": '{"autoload": {"psr-4": {"Adding\\\\": "src/"}}}',
      "src/Sum.php": "<?php\nnamespace Adding;\nclass Sum { static function of($a, $b) { return $a - $b; } }\n",
      "tests/SumTest.php":
        "<?php\nclass SumTest extends PHPUnit\\Framework\\TestCase { function testZero() { $this->assertSame(0, Adding\\Sum::of(0, 0)); } }\n",
    },
    after: {
      "src/Sum.php": "<?php\nnamespace Adding;\nclass Sum { static function of($a, $b) { return $a + $b; } }\n",
      "tests/SumTest.php":
        "<?php\nclass SumTest extends PHPUnit\\Framework\\TestCase { function testZero() { $this->assertSame(0, Adding\\Sum::of(0, 0)); } function testThree() { $this->assertSame(3, Adding\\Sum::of(1, 2)); } }\n",
    },
    failToPass: ["tests/SumTest.php > SumTest > testThree"],
  },
  go: {
    before: {
      "go.mod": "module adding\n\ngo 1.18\n",
      "add.go": "package adding\n\nfunc Add(a, b int) int { return a - b }\n",
      "add_test.go":
        'package adding\n\nimport "testing"\n\nfunc TestZero(t *testing.T) {\n\tif Add(0, 0) != 0 {\n\t\tt.Fail()\n\t}\n}\n',
    },
    after: {
      "add.go": "package adding\n\nfunc Add(a, b int) int { return a + b }\n",
      "add_test.go":
        'package adding\n\nimport "testing"\n\nfunc TestZero(t *testing.T) {\n\tif Add(0, 0) != 0 {\n\t\tt.Fail()\n\t}\n}\n\nfunc TestThree(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fail()\n\t}\n}\n',
    },
    failToPass: [". > TestThree"],
  },
};

withSandbox("languages that are mined", () => {
  it.each(Object.keys(PROJECTS))("%s: a commit becomes a task, where its tools are there", async (name) => {
    const { before, after, failToPass } = PROJECTS[name]!;
    const task = await mineCommit(name, before, after);
    if (typeof task === "string" && task.startsWith("install: toolchain-missing")) return;
    if (typeof task === "string") throw new Error(task);
    const expected = JSON.parse(task.tests.get("expected.json")!.data.toString("utf8")) as Record<string, string[]>;
    expect(expected.FAIL_TO_PASS).toEqual(failToPass);
    expect(expected.PASS_TO_PASS).toHaveLength(1);
  });
});
