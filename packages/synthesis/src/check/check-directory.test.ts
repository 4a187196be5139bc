import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { SynthesisError } from "../errors.js";
import type { Gate } from "../gates/gate.js";
import type { TaskFolder } from "../task.js";
import { textFiles } from "../task.js";
import { answerTask } from "../testing/answer-task.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { checkTasks, type FoundTask } from "./check-directory.js";

/** Tasks by their names; the name says how many milliseconds a gate takes. */
const found = (...milliseconds: number[]): FoundTask[] =>
  milliseconds.map((wait) => ({ name: `${wait}`, read: async () => answerTask({ name: `${wait}` }) }));

let [running, most] = [0, 0];
const slow: Gate = {
  name: "slow",
  description: "takes its time",
  runs: false,
  async check({ task }) {
    most = Math.max(most, ++running);
    await sleep(Number(task.name));
    running--;
    return [`after ${task.name}`];
  },
};

async function checked(tasks: FoundTask[], options: Parameters<typeof checkTasks>[1]) {
  const results = [];
  for await (const result of checkTasks(tasks, options)) results.push(result);
  return results;
}

test.each([1, 2, 3, 9])("%i tasks at once are reported in their order", async (jobs) => {
  most = 0;
  const results = await checked(found(30, 1, 20, 2, 10), { jobs, gates: [slow] });
  expect(results.map(({ task }) => task)).toEqual(["30", "1", "20", "2", "10"]);
  expect(results[2]).toEqual({ task: "20", passed: false, failures: [{ gate: "slow", why: "after 20" }] });
  expect(most).toBe(Math.min(jobs, 5));
});

test("what cannot be read costs its own line, and what goes wrong here is thrown", async () => {
  const unreadable: FoundTask = {
    name: "bad",
    read: () => Promise.reject(new SynthesisError("invalid_task", "it is a link")),
  };
  const results = await checked([unreadable, ...found(1)], { jobs: 2, gates: [] });
  expect(results).toEqual([
    { task: "bad", passed: false, failures: [{ gate: "format", why: "it is a link" }] },
    { task: "1", passed: true, failures: [] },
  ]);
  const broken: FoundTask = { name: "disk", read: () => Promise.reject(new Error("disk")) };
  await expect(checked([...found(5), broken], { jobs: 2, gates: [slow] })).rejects.toThrow("disk");
});

withSandbox("duplicates", () => {
  test("are those of tasks before, however many run at once", async () => {
    const folder = (name: string, changes: Partial<TaskFolder> = {}): FoundTask => ({
      name,
      read: async () => answerTask({ name, ...changes }),
    });
    // The first takes longest to build, so that it is the last to be done.
    const late = { environment: textFiles({ Dockerfile: "FROM debian\nWORKDIR /app\nRUN sleep 1\n" }) };
    const tasks = [folder("a-late", late), folder("b-twin"), folder("c-twin")];
    const results = await checked(tasks, { jobs: 3, repeats: 1, mutants: 1 });
    const twin = [{ gate: "duplicates", why: "it asks the same as a-late" }];
    expect(results.map(({ task, failures }) => ({ task, failures }))).toEqual([
      { task: "a-late", failures: [] },
      { task: "b-twin", failures: twin },
      { task: "c-twin", failures: twin },
    ]);
  });
});
