/** A program and its tests in the sandbox: what it must not get away with is leaving early, or results that are equal to everything. */

import { randomBytes } from "node:crypto";
import { runInSandbox } from "@cachalot/sandbox";
import { requireSandbox } from "./require-sandbox.js";

/** Processor time of a program with its tests. */
const CPU_SECONDS = 10;
/** Wall-clock time: far more, since the machine may be busy. */
const WALL_MS = 60_000;

/**
 * Runs the program, then its tests, in one interpreter. It reads a password, and says it when the last test has passed: a program
 * that ends the process has not said it. What the tested functions return must not define what it is equal to.
 */
const HARNESS = `
import functools, sys, types
sys.setrecursionlimit(20000)
def main():
    password = sys.stdin.readline()
    scope = {"__name__": "solution"}
    source, tests = (open("/work/" + name).read() for name in ("program.py", "tests.py"))
    exec(compile(source, "program.py", "exec"), scope)
    def check(value, depth=0):
        if type(value).__module__ == "solution" and any("__eq__" in vars(t) for t in type(value).__mro__[:-1] if t.__module__ == "solution"):
            raise TypeError("a result that defines its own equality")
        if depth < 4 and type(value) in (list, tuple, set, frozenset):
            for item in value: check(item, depth + 1)
        return value
    def checked(function):
        @functools.wraps(function)
        def call(*args, **kwargs): return check(function(*args, **kwargs))
        return call
    for name in NAMES:
        if isinstance(scope.get(name), types.FunctionType): scope[name] = checked(scope[name])
    exec(compile(tests, "tests.py", "exec"), scope)
    print("\\n" + password)
main()
`;

export interface TestedProgram {
  program: string;
  tests: string;
  /** Functions that the tests call. */
  names: readonly string[];
}

/** @throws SandboxError where there is no sandbox, Error where it was lost: nothing that the program did */
export async function passesTests({
  program,
  tests,
  names,
}: TestedProgram): Promise<{ passed: boolean; because: string }> {
  const password = randomBytes(16).toString("hex");
  const { stdout, stderr, exitCode, ended, notices } = await runInSandbox(["python3", "-I", "/work/harness.py"], {
    stdin: `${password}\n`,
    files: { "harness.py": `NAMES = ${JSON.stringify(names)}\n${HARNESS}`, "program.py": program, "tests.py": tests },
    timeoutMs: WALL_MS,
    limits: { cpuSeconds: CPU_SECONDS, memoryMiB: 1024, processes: 16 },
  });
  requireSandbox({ ended, notices });
  if (ended === "timeout") return { passed: false, because: `it did not end within ${WALL_MS / 1000} s` };
  if (ended === "output") return { passed: false, because: "it wrote without end" };
  if (exitCode === 0 && stdout.trimEnd().endsWith(password)) return { passed: true, because: "all tests pass" };
  if (exitCode === 0) return { passed: false, because: "it ended before its tests" };
  if (exitCode !== null && exitCode > 128)
    return {
      passed: false,
      because: `it was killed by signal ${exitCode - 128}; it may use ${CPU_SECONDS} s of processor time`,
    };
  return { passed: false, because: stderr.trim().split("\n").at(-1)?.slice(0, 300) || `exit status ${exitCode}` };
}
