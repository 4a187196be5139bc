import { taskConfig } from "../harbor/task-config.js";
import { type TaskFolder, textFiles } from "../task.js";

/** A verifier of bash that compares an answer, and names what is wrong. */
const TEST = `mkdir -p /logs/verifier
if [ "$(cat /app/answer.txt 2>/dev/null)" = "6765" ]; then echo 1 > /logs/verifier/reward.txt; echo "right"
else echo 0 > /logs/verifier/reward.txt; echo "rule answer: /app/answer.txt is not the twentieth Fibonacci number"; fi
`;

/** A small task that passes every gate; changes make it a bad one. */
export function answerTask(changes: Partial<TaskFolder> = {}): TaskFolder {
  return {
    name: "fibonacci",
    instance: undefined,
    instruction: "Write the twentieth Fibonacci number (the first two are 1) to /app/answer.txt.\n",
    config: taskConfig({ verifier: { timeout_sec: 20 }, agent: { timeout_sec: 20 } }),
    environment: textFiles({ Dockerfile: "FROM debian:bookworm\nWORKDIR /app\n" }),
    tests: textFiles({ "test.sh": TEST }),
    solution: textFiles({
      "solve.sh": "a=1; b=1; for i in $(seq 18); do c=$((a+b)); a=$b; b=$c; done; echo $b > /app/answer.txt\n",
    }),
    ...changes,
  };
}
