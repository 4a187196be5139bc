import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const guest = fileURLToPath(new URL("../../../guest", import.meta.url));

function read(reporter: string, { output = "", report = "", exit = 0 }): Record<string, string> {
  const program =
    "import json, sys\nfrom reporters import REPORTERS\nr, o, t, c = json.load(sys.stdin)\nprint(json.dumps(REPORTERS[r](o, t, c)))";
  const input = JSON.stringify([reporter, output, report, exit]);
  const options = { input, cwd: guest, env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } };
  return JSON.parse(execFileSync("/usr/bin/python3", ["-c", program], options).toString());
}

describe("reporters", () => {
  it("tape: a test passes when all its assertions do", () => {
    const output =
      "TAP version 13\n# one\nok 1 a\nok 2 b\n# two\nok 3 a\nnot ok 4 b\n# skipped\nok 5 c # SKIP\n\n1..5\n# tests 5\n# pass 4\n";
    expect(read("tape", { output })).toEqual({ one: "pass", two: "fail" });
  });

  it("tape: a throw fails the test it was in, and no other", () => {
    expect(read("tape", { output: "# one\nok 1 a\n# two\nok 2 b\n", exit: 1 })).toEqual({ one: "pass", two: "fail" });
  });

  it("tape: tests of one name are told apart", () => {
    expect(read("tape", { output: "# x\nok 1 a\n# x\nnot ok 2 a\n1..2\n" })).toEqual({ x: "pass", "x #2": "fail" });
  });

  it("tap: subtests are named after their parents, which are left out", () => {
    const output =
      "TAP version 13\n# Subtest: outer\n    # Subtest: inner\n    ok 1 - inner\n    # Subtest: bad\n    not ok 2 - bad\n    1..2\nnot ok 1 - outer\n1..1\n";
    expect(read("tap", { output })).toMatchObject({ "outer > inner": "pass", "outer > bad": "fail" });
  });

  it("tap: mocha's flat points, with skipped ones as such", () => {
    expect(read("tap", { output: "1..3\nok 1 a works\nnot ok 2 b works\nok 3 c # SKIP -\n# tests 2\n" })).toEqual({
      ...{ "a works": "pass", "b works": "fail", c: "skip" },
    });
  });

  it("junit: failures, errors and skips, also of a report cut off in the middle", () => {
    const report =
      '<testsuite><testcase classname="m" name="a"/><testcase classname="m" name="b"><failure/></testcase><testcase name="c"><skipped/></testcase><testcase name="d"><err';
    expect(read("junit", { report })).toEqual({ "m > a": "pass", "m > b": "fail", c: "skip" });
  });

  it("go-json: events of tests, among lines that are none", () => {
    const output =
      '{"Action":"run","Test":"TestA"}\nnoise\n{"Action":"pass","Test":"TestA"}\n{"Action":"fail","Test":"TestB/x"}\n{"Action":"fail"}\n';
    expect(read("go-json", { output })).toEqual({ TestA: "pass", "TestB/x": "fail" });
  });

  it("libtest: lines of tests", () => {
    expect(
      read("libtest", {
        output: "running 2 tests\ntest a::b ... ok\ntest c ... FAILED\ntest src/lib.rs - x (line 3) ... ok\n",
      }),
    ).toEqual({
      ...{ "a::b": "pass", c: "fail", "src/lib.rs - x": "pass" },
    });
  });

  it("ctest: programs, and Unity's tests inside one", () => {
    const report =
      '<testsuite><testcase name="p" status="fail"><failure/><system-out>/x/a.c:3:works:PASS\n/x/a.c:9:breaks:FAIL: Expected 1</system-out></testcase><testcase name="q" status="run"><system-out>fine</system-out></testcase></testsuite>';
    expect(read("ctest", { report })).toEqual({ "p > works": "pass", "p > breaks": "fail", q: "pass" });
  });

  it("jest: results by full name", () => {
    const report =
      '{"testResults":[{"assertionResults":[{"fullName":"a b","status":"passed"},{"fullName":"c","status":"failed"},{"fullName":"d","status":"pending"}]}]}';
    expect(read("jest", { report })).toEqual({ "a b": "pass", c: "fail", d: "skip" });
  });

  it("exit: the program is the test", () => {
    expect(read("exit", { exit: 0 })).toEqual({ exit: "pass" });
    expect(read("exit", { exit: 3 })).toEqual({ exit: "fail" });
  });

  it.each(["ctest", "go-json", "jest", "junit", "libtest", "tap", "tape"])("%s: says nothing of noise", (reporter) => {
    expect(read(reporter, { output: "\u0000{]<x>\nok", report: "<a><b>&bad;" })).toEqual({});
  });
});
