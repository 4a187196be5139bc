/** A program on test cases in the sandbox: it gets the inputs only, and what it says is compared out here. */

import { runInSandbox } from "@cachalot/sandbox";
import { requireSandbox } from "./require-sandbox.js";

/** Processor time of one case, as LiveCodeBench allows it, and of all. */
const CASE_SECONDS = 6;
const MOST_SECONDS = 300;
const WALL_MS = 600_000;
/** Of what one case prints, in characters. */
const LONGEST_OUTPUT = 1 << 20;

/** A process for each case; the first that fails or runs on ends it. */
const HARNESS = `
import json, resource, subprocess, sys
job = json.load(sys.stdin)
def limit(): resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
results = []
for text in job["inputs"]:
    try:
        done = subprocess.run(["python3", "-I", "/work/" + job["entry"]], input=text.encode(), capture_output=True, timeout=job["seconds"] * 10, preexec_fn=limit)
        error = done.stderr[-2000:].decode(errors="replace").strip().split("\\n")[-1]
        results.append({"output": done.stdout.decode(errors="replace")[:job["longest"]], "exit": done.returncode, "error": error})
    except subprocess.TimeoutExpired:
        results.append({"output": "", "exit": -9, "error": ""})
    if results[-1]["exit"] != 0: break
print(json.dumps(results))
`;

/** Calls a function with a JSON value a line, and prints what it returns as JSON in the last line. */
const CALL = `
import json, sys
sys.setrecursionlimit(20000)
scope = {"__name__": "solution"}
exec("from typing import *\\nimport collections, functools, heapq, itertools, math\\nfrom collections import *", scope)
exec(compile(open("/work/program.py").read(), "program.py", "exec"), scope)
owner = scope["Solution"]() if "Solution" in scope else None
function = getattr(owner, NAME) if owner is not None else scope[NAME]
print("\\n" + json.dumps(function(*[json.loads(line) for line in sys.stdin.read().split("\\n") if line.strip()])))
`;

export interface ProgramCase {
  input: string;
  output: string;
}

export interface CasesOfProgram {
  program: string;
  cases: readonly ProgramCase[];
  /** The function that is called with the JSON values of the input's lines; without one the program reads standard input. */
  call?: string;
}

interface CaseResult {
  output: string;
  exit: number;
  error: string;
}

/** @throws SandboxError where there is no sandbox, Error where it was lost: nothing that the program did */
export async function passesCases(problem: CasesOfProgram): Promise<{ passed: boolean; because: string }> {
  const { program, cases, call } = problem;
  const { stdout, exitCode, ended, notices } = await runInSandbox(["python3", "-I", "/work/harness.py"], {
    stdin: JSON.stringify({
      inputs: cases.map(({ input }) => input),
      entry: call === undefined ? "program.py" : "call.py",
      seconds: CASE_SECONDS,
      longest: LONGEST_OUTPUT,
    }),
    files: {
      "harness.py": HARNESS,
      "program.py": program,
      ...(call === undefined ? {} : { "call.py": `NAME = ${JSON.stringify(call)}\n${CALL}` }),
    },
    timeoutMs: WALL_MS,
    limits: { cpuSeconds: Math.min(CASE_SECONDS * cases.length + 10, MOST_SECONDS), memoryMiB: 1024, processes: 16 },
  });
  requireSandbox({ ended, notices });
  const results = exitCode === 0 ? resultsOf(stdout) : undefined;
  if (!results) return { passed: false, because: "it took all memory, wrote without end or ended what ran it" };
  return verdictOf(problem, results);
}

function resultsOf(stdout: string): readonly CaseResult[] | undefined {
  try {
    const results = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as unknown;
    return Array.isArray(results) ? (results as CaseResult[]) : undefined;
  } catch {
    return undefined;
  }
}

function verdictOf(
  { cases, call }: CasesOfProgram,
  results: readonly CaseResult[],
): { passed: boolean; because: string } {
  for (const [i, { output: expected }] of cases.entries()) {
    const result = results[i];
    const which = `case ${i + 1} of ${cases.length}`;
    if (!result) return { passed: false, because: `${which}: nothing ran` };
    if (result.exit < 0) return { passed: false, because: `${which}: it may use ${CASE_SECONDS} s of processor time` };
    if (result.exit !== 0) return { passed: false, because: `${which}: ${result.error.slice(0, 300)}` };
    const same = call === undefined ? sameLines(result.output, expected) : sameValue(result.output, expected);
    if (!same) return { passed: false, because: `${which}: ${shown(result.output)} in place of ${shown(expected)}` };
  }
  return { passed: true, because: `all ${cases.length} cases pass` };
}

const shown = (text: string) => JSON.stringify(text.trim().slice(0, 80));

/** Line by line without space at their ends; tokens of a line may be other spellings of one decimal number. */
export function sameLines(output: string, expected: string): boolean {
  const [ours, theirs] = [output, expected].map((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => line.trim()),
  );
  return (
    ours!.length === theirs!.length && ours!.every((line, i) => line === theirs![i] || sameTokens(line, theirs![i]!))
  );
}

function sameTokens(line: string, expected: string): boolean {
  const [ours, theirs] = [line, expected].map((text) => text.split(/\s+/).map(decimalOf));
  return ours!.length === theirs!.length && ours!.every((number, i) => number !== undefined && number === theirs![i]);
}

/** A decimal number in one spelling, exactly; undefined for anything else. */
function decimalOf(token: string): string | undefined {
  const found = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(token);
  if (!found) return undefined;
  const [, sign, whole, rest = ""] = found;
  const digits = rest === "" ? whole! : `${whole}.${rest}`;
  return sign === "-" && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

function sameValue(output: string, expected: string): boolean {
  try {
    const [ours, theirs] = [output.trim().split("\n").at(-1) ?? "", expected].map((text) =>
      JSON.stringify(JSON.parse(text)),
    );
    return ours === theirs;
  } catch {
    return false;
  }
}
