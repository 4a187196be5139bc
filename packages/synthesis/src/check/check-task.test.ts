import { expect, test } from "vitest";
import { textFiles } from "../task.js";
import { answerTask } from "../testing/answer-task.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { checkTask } from "./check-task.js";

withSandbox("gates over tasks that run", () => {
  test("a task whose reference solves it and whose verifier wants it passes", async () => {
    expect(await checkTask(answerTask())).toEqual({ task: "fibonacci", passed: true, failures: [] });
  });

  test("a verifier that is content with nothing is named", async () => {
    const tests = textFiles({ "test.sh": "echo 1 > /logs/verifier/reward.txt" });
    const { failures } = await checkTask(answerTask({ tests }));
    expect(failures).toContainEqual({ gate: "no-op", why: "doing nothing scores 1, not 0" });
  });

  test("an environment that needs a container is refused with its line", async () => {
    const environment = textFiles({ Dockerfile: "FROM debian\nWORKDIR /app\nVOLUME /data\n" });
    const { failures } = await checkTask(answerTask({ environment }));
    expect(failures).toEqual([
      { gate: "environment", why: expect.stringContaining("Dockerfile line 3, VOLUME /data") },
    ]);
  });
});
