/** A code-interpreter problem as a task folder: a notebook's world, a verifier of one answer, a program as the solution. */

import { makeTask, type NewTask } from "../../make-task.js";
import { type TaskFolder, textFiles } from "../../task.js";
import type { CodeProblem } from "./generator.js";

const VERIFY = `import json, os
expected = json.load(open("/tests/expected.json"))
path = "/app/answer.txt"
def verdict():
    if not os.path.isfile(path):
        return "rule answer-file: /app/answer.txt is not there"
    said = open(path, errors="replace").read(10000).strip()
    if said == expected["answer"]:
        return None
    if expected["compare"] == "close":
        try:
            value, wanted = float(said), float(expected["answer"])
        except ValueError:
            return "rule number: the answer is no number"
        if abs(value - wanted) <= 1e-4 * max(1, abs(wanted)):
            return None
    return "rule answer: the answer is another"
problem = verdict()
print(problem or "right")
os.makedirs("/logs/verifier", exist_ok=True)
with open("/logs/verifier/reward.txt", "w") as file:
    file.write("0" if problem else "1")
`;

export interface CodeTask {
  problem: CodeProblem;
  answer: string;
  /** Contents of the problem's tables. */
  tables: Readonly<Record<string, Buffer>>;
  record: Pick<NewTask, "id" | "provenance" | "difficulty" | "evidence">;
}

export function codeTask({ problem, answer, tables, record }: CodeTask): TaskFolder {
  const copies = Object.keys(tables).map((name) => `COPY ${name} /app/\n`);
  const expected = JSON.stringify({ answer, compare: problem.compare });
  return makeTask({
    ...{ kind: "interpreter", pipeline: "interpreter", agent: "notebook", answer: "/app/answer.txt", ...record },
    prompt: `${problem.prompt}\n\nWrite the answer, and nothing else, to /app/answer.txt.\n`,
    promptSource: "generated",
    environment: textFiles({ Dockerfile: `FROM python:3.11-slim\nWORKDIR /app\n${copies.join("")}`, ...tables }),
    tests: textFiles({ "test.sh": "python3 -I /tests/verify.py\n", "verify.py": VERIFY, "expected.json": expected }),
    solution: textFiles({
      "solve.sh": "python3 /solution/solve.py > /app/answer.txt\n",
      "solve.py": `${problem.programs[0]}\n`,
    }),
    config: { verifier: { timeout_sec: 60 }, agent: { timeout_sec: 600 }, environment: { allow_internet: false } },
  });
}
