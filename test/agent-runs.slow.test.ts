import { type ChildProcess, fork } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { conversationOf, readTrace, type TraceRecord, tracePath } from "@cachalot/agent";
import { encodeMessages } from "@cachalot/chat";
import { Random } from "@cachalot/tensor";
import { describe, expect, test } from "vitest";
import { cachalot, start as startCommand } from "./support/cachalot.js";
import { postgresMissing, startPostgres } from "./support/postgres.js";

const RUNS = 100;
const WORKER = new URL("./support/run-worker.mjs", import.meta.url);

function start(directory: string, url: string, workers: number, whole: boolean): ChildProcess {
  const args = [directory, url, String(workers), ...(whole ? [String(RUNS)] : [])];
  return fork(WORKER, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
}

const gone = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    (child.exitCode ?? child.signalCode) !== null ? resolve() : child.once("exit", resolve),
  );

const said = (child: ChildProcess, word: string) =>
  new Promise<boolean>((resolve) => {
    child.on("message", (message) => message === word && resolve(true));
    child.once("exit", () => resolve(false));
  });

/** Ids of the executions of each step, in the order they began. */
async function executions(directory: string): Promise<Map<string, string[]>> {
  const begun = new Map<string, string[]>();
  for (const line of (await readFile(join(directory, "log.txt"), "utf8")).trimEnd().split("\n")) {
    const [what, run, step, execution] = line.split(" ");
    if (what !== "start") continue;
    const key = `${run} ${step}`;
    begun.set(key, [...(begun.get(key) ?? []), execution!]);
  }
  return begun;
}

const stepName = (record: TraceRecord): string | undefined => {
  if (record.type === "model") return `model-${record.step}`;
  return record.type === "tool" ? `tool-${record.step}-${record.index}` : undefined;
};

/** @returns executions that were cut off, and so begun again */
async function checkRuns(directory: string): Promise<number> {
  const begun = await executions(directory);
  let recorded = 0;
  for (let run = 0; run < RUNS; run++) {
    const steps = 4 + (run % 5);
    const trace = await readTrace(tracePath(directory, `run-${run}`));
    expect(trace.records.at(-1)).toMatchObject({
      type: "end",
      stopped: "answer",
      text: `answer of ${run} after ${steps}`,
      steps: steps + 1,
    });
    const names = trace.records.map(stepName).filter((name) => name !== undefined);
    const expected = Array.from({ length: steps + 1 }, (_, step) => [
      `model-${step}`,
      ...(step < steps ? Array.from({ length: 1 + ((run + step) % 3) }, (_, i) => `tool-${step}-${i}`) : []),
    ]).flat();
    expect(names).toEqual(expected);
    for (const record of trace.records) {
      const name = stepName(record);
      if (name === undefined) continue;
      const execution =
        record.type === "model" ? record.message.reasoning_content : record.type === "tool" && record.content;
      // What is recorded is the last execution: had a finished step run again, a later one would have begun.
      expect(begun.get(`${run} ${name}`)!.at(-1)).toBe(String(execution).split(" ").at(-1));
      recorded++;
    }
    // Reasoning is intact: the whole conversation is one prompt that goes on.
    const { messages } = conversationOf(trace);
    expect(messages.filter(({ role }) => role === "assistant").every((m) => "reasoning_content" in m)).toBe(true);
    encodeMessages(messages.slice(0, -1), { thinkingMode: "thinking" });
  }
  const effects = await readdir(join(directory, "effects"));
  const tools = [...begun.keys()].filter((key) => key.includes("tool-"));
  expect(effects).toHaveLength(tools.length);
  return [...begun.values()].flat().length - recorded;
}

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "cachalot-runs-"));
  try {
    await mkdir(join(directory, "effects"));
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

describe("a hundred agent runs whose workers are killed at random", () => {
  test("on the embedded database", async () => {
    await withDirectory(async (directory) => {
      const random = new Random(7);
      let kills = 0;
      for (let done = false; !done; ) {
        const child = start(directory, "", 12, true);
        const finished = said(child, "done");
        if (!(await said(child, "ready"))) throw new Error("the worker did not start");
        done = await Promise.race([finished, sleep(800 + random.next() * 3500).then(() => false)]);
        if (!done) {
          child.kill("SIGKILL");
          kills++;
        }
        await gone(child);
      }
      const again = await checkRuns(directory);
      console.log(`embedded: ${RUNS} runs, ${kills} kills, ${again} steps cut off and begun again`);
      expect(kills).toBeGreaterThan(3);
      expect(again).toBeGreaterThan(0);
    });
  });

  test.skipIf(postgresMissing)(
    `on PostgreSQL with three workers${postgresMissing ? `: ${postgresMissing}` : ""}`,
    async () => {
      const postgres = await startPostgres();
      try {
        await withDirectory(async (directory) => {
          const random = new Random(8);
          const whole = start(directory, postgres.url, 0, true);
          let done = false;
          const finished = said(whole, "done").then((ok) => {
            done = true;
            return ok;
          });
          const workers = await Promise.all([0, 1, 2].map(() => start(directory, postgres.url, 8, false)));
          let kills = 0;
          while (!done) {
            const victim = Math.floor(random.next() * workers.length);
            await Promise.race([finished, sleep(500 + random.next() * 1500)]);
            if (done) break;
            workers[victim]!.kill("SIGKILL");
            kills++;
            workers[victim] = start(directory, postgres.url, 8, false);
          }
          expect(await finished).toBe(true);
          for (const worker of workers) worker.kill("SIGKILL");
          await Promise.all([whole, ...workers].map(gone));
          const again = await checkRuns(directory);
          console.log(`PostgreSQL: ${RUNS} runs, ${kills} kills, ${again} steps cut off and begun again`);
          expect(kills).toBeGreaterThan(3);
        });
      } finally {
        await postgres.stop();
      }
    },
  );
});

test.skipIf(postgresMissing)("cachalot worker takes what cachalot agent --queue left", async () => {
  const postgres = await startPostgres();
  const directory = await mkdtemp(join(tmpdir(), "cachalot-queue-"));
  const env = { DATABASE_URL: postgres.url };
  const dir = ["--dir", directory];
  try {
    const queued = await cachalot(["agent", "What is 12 + 30?", "--temperature", "0", "--queue", ...dir], "", env);
    expect(queued.status).toBe(0);
    const runId = queued.stdout.trim();
    const worker = startCommand(["worker", "--concurrency", "2", ...dir], env);
    let written = "";
    const ended = new Promise<void>((resolve) => {
      worker.stdout!.setEncoding("utf8").on("data", (text: string) => {
        written += text;
        if (written.includes(runId)) resolve();
      });
      worker.once("close", () => resolve());
    });
    await ended;
    expect(written).toMatch(new RegExp(`${runId} answer · 2 steps`));
    worker.kill("SIGTERM");
    await gone(worker);
    const { records } = await readTrace(tracePath(directory, runId));
    expect(records.at(-1)).toMatchObject({ type: "end", text: "12 + 30 = 42." });
    const lost = await cachalot(["agent", "x", ...dir], "", { DATABASE_URL: "postgresql://x@127.0.0.1:1/none" });
    expect(lost.stderr).toMatch(/database of runs cannot be used: .*ECONNREFUSED.*check DATABASE_URL/);
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
});
