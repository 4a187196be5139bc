/** What happens to durable runs when a process freezes, the database goes away, or the disk is full. */
import { execFileSync, fork, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openRuns, readTrace, tool, tracePath } from "@cachalot/agent";
import { createScriptedModel } from "@cachalot/chat";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { postgresMissing, startPostgres, type TestPostgres } from "./support/postgres.js";

const RUNS = 6;
const script = (name: string) => fileURLToPath(new URL(`./support/${name}`, import.meta.url));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cachalot-trouble-"));
  await mkdir(join(directory, "effects"));
  return () => rm(directory, { recursive: true, force: true });
});

describe.skipIf(postgresMissing)(`on PostgreSQL${postgresMissing ? `: ${postgresMissing}` : ""}`, () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test("a frozen worker's runs are taken over, and it does nothing more to them when it wakes", async () => {
    const start = (workers: number, count?: number) => {
      const args = [directory, postgres.url, String(workers), ...(count === undefined ? [] : [String(count)])];
      return fork(script("run-worker.mjs"), args, {
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        env: { ...process.env, CACHALOT_LEASE_MS: "2000", CACHALOT_SLOWLY: "1" },
      });
    };
    const told = (child: ReturnType<typeof start>, word: string) =>
      new Promise<void>((resolve) => child.on("message", (message) => message === word && resolve()));
    const frozen = start(RUNS);
    await told(frozen, "ready");
    const whole = start(0, RUNS);
    const done = told(whole, "done");
    const log = () => readFile(join(directory, "log.txt"), "utf8").catch(() => "");
    await expect.poll(log, { timeout: 30_000 }).toMatch(/tool-/);
    frozen.kill("SIGSTOP");
    const other = start(RUNS);
    await done;
    const executions = await log();
    frozen.kill("SIGCONT");
    await sleep(3000);
    // Steps that were at work when it froze may end; nothing is begun.
    const begun = (await log()).slice(executions.length).match(/^start/gm) ?? [];
    expect(begun.length).toBeLessThanOrEqual(RUNS);
    for (const child of [frozen, other]) child.kill("SIGKILL");
    for (let run = 0; run < RUNS; run++) {
      const { records } = await readTrace(tracePath(directory, `run-${run}`));
      expect(records.at(-1)).toMatchObject({ type: "end", stopped: "answer" });
    }
  });

  test("a lost connection is an error for those who wait, not the end of their program; the run goes on later", async () => {
    const calls: number[] = [];
    const act = tool({
      name: "act",
      description: "Acts",
      inputSchema: z.object({ n: z.number() }),
      execute: async ({ n }) => {
        calls.push(n);
        await sleep(300);
        return `${n}`;
      },
    });
    const model = createScriptedModel({
      turns: ({ messages }) => {
        const n = messages.filter(({ role }) => role === "assistant").length;
        return n === 4
          ? { reasoning: "Done.", content: "done" }
          : { reasoning: "…", toolCalls: [{ name: "act", arguments: { n } }] };
      },
    });
    let closed = 0;
    const setUp = async () => ({ model, tools: [act], close: async () => void closed++ });
    const open = () => openRuns({ directory, databaseUrl: postgres.url, setUp });
    const runs = await open();
    await runs.start({ messages: [{ role: "user", content: "Go" }] }, { runId: "cut-off" });
    const result = runs.result("cut-off");
    result.catch(() => {});
    await expect.poll(() => calls.length, { timeout: 20_000 }).toBeGreaterThan(1);
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    await expect(result).rejects.toMatchObject({
      code: "runs",
      message: expect.stringMatching(/connection to the database of runs was lost.*cachalot resume goes on with it/),
    });
    expect(runs.lost.aborted).toBe(true);
    await expect.poll(() => closed).toBe(1);
    await runs.close();
    const again = await open();
    await again.resume("cut-off");
    expect(await again.result("cut-off")).toMatchObject({ stopReason: "answer", text: "done" });
    await again.close();
    // The call that was at work when the connection broke, and no other, is made again.
    expect(calls.length).toBeLessThanOrEqual(5);
  });
});

/** Whether a small file system can be had in a namespace of one's own. */
const mountable = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

test.skipIf(!mountable)("a full disk is an error and not a hang; with room again no finished step is run twice", () => {
  const disk = join(directory, "effects");
  const command = `mount -t tmpfs -o size=90m tmpfs ${disk} && exec ${process.execPath} ${script("full-disk.mjs")} ${disk}`;
  const output = execFileSync("unshare", ["-rm", "sh", "-c", command], { encoding: "utf8", timeout: 120_000 });
  const { error, text, calls } = JSON.parse(output.trim().split("\n").at(-1)!);
  expect(error).toMatch(/Nothing can be written to the database of runs \(.*\); make room on its disk|ENOSPC/);
  expect(text).toBe("done");
  // What was recorded before the disk was full is not done again; the call that filled it may be.
  expect(calls.filter((n: number) => n < 2)).toEqual([0, 1]);
});
