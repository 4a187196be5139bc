/** Real Python in the sandbox: a sample of what the interpreter here says is checked against it. */

import { runInSandbox } from "@cachalot/agent";
import { PythonError } from "./value.js";

export interface PythonCase {
  expression: string;
  /** Run before it, in the same names: what it calls. */
  program?: string;
  /** JSON data. */
  x: unknown;
}

/** What an expression gives; undefined where Python refuses it, or gives no JSON data. */
export type PythonOutcome = { value: unknown } | undefined;

const PROGRAM = `
import json, sys
def outcome(case):
    try:
        names = {"x": case["x"]}
        exec(case.get("program", ""), names)
        return {"value": json.loads(json.dumps(eval(case["expression"], names)))}
    except BaseException:
        return None
print(json.dumps([outcome(case) for case in json.load(sys.stdin)]))
`;

/**
 * Evaluates expressions with the sandbox's Python, in order.
 * @throws SandboxError where there is no sandbox; PythonError where Python itself did not come to an end
 */
export async function evaluateInSandbox(cases: readonly PythonCase[]): Promise<PythonOutcome[]> {
  const { stdout, stderr, exitCode } = await runInSandbox(["python3", "/work/cases.py"], {
    stdin: JSON.stringify(cases),
    files: { "cases.py": PROGRAM },
  });
  if (exitCode !== 0) throw new PythonError(`python3 in the sandbox ended with ${exitCode}: ${stderr.slice(-500)}`);
  return (JSON.parse(stdout) as ({ value: unknown } | null)[]).map((outcome) => outcome ?? undefined);
}
