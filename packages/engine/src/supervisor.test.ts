/** Workers that die when told to, in place of threads and processes: `test/engine-process.test.ts` kills real ones. */

import { MessageChannel } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { EngineClient, type GenerationOptions, type GenerationStep } from "./engine-client.js";
import { runEngineLoop } from "./engine-loop.js";
import type { Command, LoadOptions } from "./protocol.js";
import { restartDelay, Supervisor } from "./supervisor.js";
import { byteTokenizer, hashLogits, TinyModel } from "./testing/tiny-model.js";
import type { EngineWorker } from "./workers/engine-worker.js";

interface TestWorker extends EngineWorker {
  die(reason: string): void;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function startWorker(loads: boolean): TestWorker {
  const { port1, port2 } = new MessageChannel();
  let die: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    die = (reason) => {
      port1.close();
      resolve(reason);
    };
  });
  port1.once("close", () => die("ended with code 0"));
  closers.push(() => port1.close());
  port2.on("message", (command: Command) => {
    if (command.type !== "load") return;
    if (loads)
      runEngineLoop(port2, new TinyModel(hashLogits), byteTokenizer, { ...command.options, contextLength: 9999 });
    else port2.postMessage({ type: "load-failed", message: "no such checkpoint" });
  });
  return { port: port1, ended, kill: () => die("was killed by SIGKILL"), die };
}

const options = { maxSequences: 4, prefillChunk: 64 } as LoadOptions;
const endless: GenerationOptions = {
  prompt: "Go on",
  temperature: 1,
  topP: 1,
  topK: 0,
  seed: 1,
  stop: [],
  maxTokens: 9000,
  topLogprobs: undefined,
  countReasoning: false,
};

async function setUp() {
  const workers: TestWorker[] = [];
  const messages: string[] = [];
  let loads = true;
  const client = new EngineClient({ maxSequences: 4, maxQueue: 4 });
  const start = () => {
    const worker = startWorker(loads);
    workers.push(worker);
    return worker;
  };
  const supervisor = new Supervisor(start, options, client, (message) => messages.push(message));
  closers.push(() => void supervisor.close());
  expect(await supervisor.start()).toBe(9999);
  const failLoading = (fails: boolean): void => {
    loads = !fails;
  };
  return { client, supervisor, workers, messages, failLoading };
}

/** Reads the first step, then goes on to the end; gives the error that came instead of one. */
async function begin(client: EngineClient): Promise<{ failure: Promise<unknown> }> {
  const steps = client.generate(endless);
  await steps.next();
  const rest = async (): Promise<unknown> => {
    const all: GenerationStep[] = [];
    for await (const step of steps) all.push(step);
    return all;
  };
  return { failure: rest().catch((error: unknown) => error) };
}

test("a worker that dies fails its generations, refuses others meanwhile, and is back at once", async () => {
  const { client, workers, messages } = await setUp();
  for (let round = 1; round <= 20; round++) {
    const running = await Promise.all([begin(client), begin(client), begin(client)]);
    workers.at(-1)!.die("was killed by SIGSEGV");
    for (const { failure } of running)
      expect(await failure).toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("was killed by SIGSEGV"),
        upstream: { status: 503, retryable: true },
      });
    expect(client.stats).toMatchObject({ active: 0, queued: 0, available: false });
    await expect(client.generate(endless).next()).rejects.toMatchObject({ code: "unavailable" });
    await vi.waitUntil(() => client.stats.available, { interval: 2 });
    expect(client.stats.restarts).toBe(round);
  }
  expect(workers).toHaveLength(21);
  expect(messages[0]).toBe("the engine was killed by SIGSEGV; its answers are lost, and it is being started again");
});

test("what generates nothing before it dies is started again after longer and longer waits", async () => {
  const failures = [0, 1, 2, 3, 4, 20];
  expect(failures.map((count) => restartDelay(count, false))).toEqual([0, 250, 500, 1000, 2000, 30_000]);
  expect(failures.map((count) => restartDelay(count, true))).toEqual([0, 250, 500, 1000, 1000, 1000]);
  const { client, workers, messages, failLoading } = await setUp();
  failLoading(true);
  workers[0]!.die("ended with code 1");
  await vi.waitUntil(() => workers.length === 3, { timeout: 3000 });
  expect(messages[1]).toMatch(/could not be started again: no such checkpoint.* 2 times in a row.* 0.5 s/s);
  failLoading(false);
  await vi.waitUntil(() => client.stats.available, { timeout: 5000 });
  const { failure } = await begin(client);
  workers.at(-1)!.die("was killed by SIGKILL");
  await failure;
  expect(messages.at(-1)).toMatch(/is being started again$/);
});

test("a first start that fails says why, and is not tried again", async () => {
  const client = new EngineClient({ maxSequences: 1, maxQueue: 1 });
  const supervisor = new Supervisor(() => startWorker(false), options, client);
  await expect(supervisor.start()).rejects.toMatchObject({ code: "load_failed", message: "no such checkpoint" });
});

test("closing ends the worker for good, also while it is started again", async () => {
  const { client, supervisor, workers } = await setUp();
  workers[0]!.die("was killed by SIGKILL");
  await vi.waitUntil(() => !client.stats.available);
  await supervisor.close();
  await expect(client.generate(endless).next()).rejects.toMatchObject({ code: "closed" });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(client.stats.available).toBe(false);
});
