import { describe, expect, it } from "vitest";
import { dependenciesOf } from "../packages/jars.js";
import { optionsOf } from "./cmake.js";
import { languageOf } from "./index.js";
import type { SourceTree } from "./language.js";

const treeOf = (files: Record<string, string>): SourceTree => ({
  paths: Object.keys(files),
  read: async (path) => files[path] ?? "",
});

const suites = async (files: Record<string, string>, changed: string[] = []) => {
  const plan = await languageOf(Object.keys(files))!.plan(treeOf(files), changed);
  return Object.fromEntries(plan.suites.map(({ name, reporter }) => [name, reporter]));
};

describe("languages", () => {
  it.each([
    ["javascript", ["package.json", "index.js", "index.d.ts", "test/types.ts"]],
    ["typescript", ["package.json", "src/index.ts"]],
    ["python", ["pyproject.toml", "a/b.py"]],
    ["python", ["setup.py"]],
    ["go", ["go.mod", "a.go"]],
    ["rust", ["Cargo.toml", "src/lib.rs"]],
    ["java", ["pom.xml", "src/main/java/A.java"]],
    ["php", ["composer.json", "src/A.php"]],
    ["c", ["CMakeLists.txt", "a.c", "a.h", "tests/a.cpp"]],
    ["cpp", ["CMakeLists.txt", "a.cpp"]],
  ])("%s owns %j", (name, paths) => {
    expect(languageOf(paths)?.name).toBe(name);
  });

  it("no language owns prose", () => {
    expect(languageOf(["README.md"])).toBeUndefined();
  });

  it.each([
    [["package.json"], "test/a.js", "lib/a.js"],
    [["package.json"], "src/a.test.ts", "src/a.ts"],
    [["setup.py", "a.py"], "tests/test_a.py", "pkg/a.py"],
    [["go.mod"], "decode_test.go", "decode.go"],
    [["Cargo.toml"], "tests/a.rs", "src/a.rs"],
    [["pom.xml", "src/main/java/A.java"], "src/test/java/ATest.java", "src/main/java/A.java"],
    [["composer.json"], "tests/ATest.php", "src/A.php"],
    [["CMakeLists.txt", "a.c"], "tests/parse.c", "cJSON.c"],
  ])("of %j, %s is a test and %s a source", (paths, test, source) => {
    const language = languageOf(paths)!;
    expect([language.isTest(test), language.isTest(source)]).toEqual([true, false]);
    expect(language.isSource(source)).toBe(true);
  });

  it.each(["dist/a.js", "docs/a.js", "lib/a.min.js", "package-lock.json", "package.json", ".eslintrc.json"])(
    "%s is no source of JavaScript",
    (path) => {
      expect(languageOf(["package.json"])!.isSource(path)).toBe(false);
    },
  );
});

describe("javascript", () => {
  it("takes each test file's own framework, and leaves helpers out", async () => {
    const files = {
      "package.json": '{"devDependencies":{"mocha":"^10"}}',
      "test/tape.js": "var test = require('tape');",
      "test/node.mjs": "import test from 'node:test';",
      "test/mocha.js": "describe('a', function () {});",
      "test/plain.js": "const assert = require('assert');",
      "test/helper.js": "module.exports = 1;",
      "test/fixtures/x.js": "require('tape')",
    };
    expect(await suites(files)).toEqual({
      "test/tape.js": "tape",
      "test/node.mjs": "tap",
      "test/mocha.js": "tap",
      "test/plain.js": "exit",
    });
  });

  it("finds no tests in a package that ships none", async () => {
    expect(await suites({ "package.json": "not json", "index.js": "" })).toEqual({});
  });
});

describe("other languages", () => {
  it("go: a suite a package, those that changed first", async () => {
    const files = { "go.mod": "module x", "a_test.go": "", "z/b_test.go": "", "testdata/c_test.go": "" };
    expect(Object.keys(await suites(files, ["z/b_test.go"]))[0]).toBe("./z");
    expect(await suites(files)).toEqual({ ".": "go-json", "./z": "go-json" });
  });

  it("java: dependencies of a pom with its properties, none of plugins or managed ones", () => {
    const pom = `<project><properties><j.version>4.13.2</j.version></properties>
      <dependencyManagement><dependencies><dependency><groupId>m</groupId><artifactId>m</artifactId><version>1</version></dependency></dependencies></dependencyManagement>
      <dependencies><dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>\${j.version}</version></dependency>
      <dependency><groupId>no</groupId><artifactId>version</artifactId></dependency></dependencies>
      <build><plugins><plugin><dependencies><dependency><groupId>p</groupId><artifactId>p</artifactId><version>1</version></dependency></dependencies></plugin></plugins></build></project>`;
    expect(dependenciesOf(pom)).toEqual([{ groupId: "junit", artifactId: "junit", version: "4.13.2" }]);
  });

  it("cmake: turns tests on, fuzzers and warnings as errors off, and leaves the rest", () => {
    const text =
      'option(ENABLE_X_TEST "t" OFF)\noption(ENABLE_FUZZING "f" ON)\noption(X_WERROR "w" ON)\noption(OTHER "o" ON)';
    expect(optionsOf(text)).toEqual(["-DENABLE_X_TEST=ON", "-DENABLE_FUZZING=OFF", "-DX_WERROR=OFF"]);
  });
});
