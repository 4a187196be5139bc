import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatMessage, createScriptedModel, type ScriptedPolicy } from "@cachalot/chat";
import { lockForProcess } from "@cachalot/files";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { wordTokenizer } from "../testing/word-tokenizer.js";
import { tool } from "../tools/tool.js";
import { readTrace } from "../trace/trace-file.js";
import { type AgentRuns, openRuns } from "./open-runs.js";
import { tracePath } from "./run-directory.js";
import type { RunSpec } from "./run-spec.js";

let directory: string;
let runs: AgentRuns;
/** What was done, by run. */
const done: string[] = [];
let broken = true;
const events: string[] = [];

const note = tool({
  name: "note",
  description: "Notes",
  inputSchema: z.object({ text: z.string() }),
  stateful: "notes",
  execute: ({ text }, { idempotencyKey }) => `${done.push(`${idempotencyKey} ${text}`) > 0}`,
});

/** Notes twice, then answers; the second call of the model fails while `broken`. The seed adds that many notes. */
const policy: ScriptedPolicy = ({ messages, seed = 0 }) => {
  const step = messages.filter(({ role }) => role === "assistant").length;
  const fails = messages[0]!.content === "Fail" && step === 1 && broken;
  if (fails) return { reasoning: "…", error: new Error("upstream is down") };
  if (step === 2 + seed) return { reasoning: "Done.", content: `answer after ${step}` };
  return { reasoning: `Thought ${step}.`, toolCalls: [{ name: "note", arguments: { text: `${step}` } }] };
};

const asking = (content: string, more: Partial<RunSpec> = {}): RunSpec => ({
  messages: [{ role: "user", content }],
  ...more,
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cachalot-runs-"));
  runs = await openRuns({
    directory,
    onEvent: (runId, { type }) => events.push(`${runId} ${type}`),
    setUp: async ({ agent }) => {
      if (agent === "impossible") throw new Error("no such model");
      return { model: createScriptedModel({ turns: policy }), tools: [note], tokenizer: wordTokenizer };
    },
  });
}, 60_000);
afterAll(async () => {
  await runs.close();
  await rm(directory, { recursive: true });
});

test("a run is worked on to its end, and its trace tells all of it", async () => {
  const runId = await runs.start(asking("Go"), { runId: "plain" });
  expect(await runs.result(runId)).toMatchObject({ stopReason: "answer", text: "answer after 2", steps: 3 });
  expect(await runs.status(runId)).toBe("done");
  expect(done.filter((line) => line.startsWith("plain"))).toEqual(["plain:0:0 0", "plain:1:0 1"]);
  const { run, records } = await readTrace(tracePath(directory, runId));
  expect(run).toMatchObject({ runId, model: "scripted", messages: [{ role: "user", content: "Go" }] });
  expect(records.map(({ type }) => type)).toEqual([
    "run",
    ...["prompt", "model", "tool"],
    ...["prompt", "model", "tool"],
    ...["prompt", "model", "end"],
  ]);
  expect(events.filter((line) => line === "plain message")).toHaveLength(3);
  await runs.resume(runId);
  expect(await runs.status(runId)).toBe("done");
});

test("a run that broke off goes on from the step that failed, and runs no finished step again", async () => {
  const runId = await runs.start(asking("Fail"), { runId: "failing" });
  await expect(runs.result(runId)).rejects.toThrow("upstream is down");
  expect(await runs.status(runId)).toBe("failed");
  const path = tracePath(directory, runId);
  expect((await readTrace(path)).records.at(-1)).toEqual({ type: "error", message: "upstream is down" });
  broken = false;
  await runs.resume(runId);
  expect(await runs.result(runId)).toMatchObject({ stopReason: "answer", steps: 3 });
  expect(done.filter((line) => line.startsWith("failing"))).toEqual(["failing:0:0 0", "failing:1:0 1"]);
  const { records } = await readTrace(path);
  expect(records.map(({ type }) => type)).not.toContain("error");
  // What a tool kept in the process that made it is gone, and the model is told so, once.
  const told = records.map(
    (record) => record.type === "tool" && record.content.includes("resumed in a new process: notes"),
  );
  expect(told.filter(Boolean)).toHaveLength(1);
});

test("of several trajectories the one with the fewest steps is taken", async () => {
  const spec = asking("Go", { trajectories: 3, sampling: { seed: 1 } });
  const runId = await runs.start(spec, { runId: "several" });
  expect(await runs.result(runId)).toMatchObject({ text: "answer after 3", steps: 4 });
  const steps = await Promise.all(
    [0, 1, 2].map(async (i) => (await readTrace(tracePath(directory, `several.${i}`))).records.at(-1)),
  );
  expect(steps).toMatchObject([{ steps: 4 }, { steps: 5 }, { steps: 6 }]);
});

test("what cannot be: an unknown run, a setup that fails, a second opening, a strategy without a tokenizer", async () => {
  await expect(runs.resume("nothing")).rejects.toThrow("There is no run nothing here");
  expect(await runs.status("nothing")).toBeUndefined();
  const runId = await runs.start(asking("Go", { agent: "impossible" }));
  await expect(runs.result(runId)).rejects.toThrow("no such model");
  await expect(openRuns({ directory, setUp: async () => ({}) as never })).rejects.toThrow(
    "open in this process already",
  );
});

test("a queued run waits for a worker", async () => {
  const messages: ChatMessage[] = [{ role: "user", content: "Go" }];
  const runId = await runs.enqueue({ messages });
  expect(await runs.status(runId)).toBe("queued");
});

test("a lock is held by a living process only", async () => {
  const path = join(directory, "locks", "lock");
  const lock = await lockForProcess(path);
  expect(await lockForProcess(path)).toEqual({ heldBy: process.pid });
  if ("release" in lock) await lock.release();
  // The same process id, but another process: one that was started at another time.
  for (const left of [`${process.pid} 1`, "4194999 77", ""]) {
    await writeFile(path, left);
    expect(await lockForProcess(path)).toHaveProperty("release");
    expect(await readFile(path, "utf8")).toMatch(new RegExp(`^${process.pid} \\d+ pid:`));
    await rm(path);
  }
});
