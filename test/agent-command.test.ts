/** `cachalot agent` and its companions, as processes: at work, killed, resumed, shown, traced. */
import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { conversationOf, readTrace, tracePath } from "@cachalot/agent";
import { type ChatMessage, createScriptedModel, type GenerateRequest } from "@cachalot/chat";
import { createServer, type RunningServer } from "@cachalot/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cachalot, start } from "./support/cachalot.js";

let dir: string;
let host: RunningServer;
let collector: Server;
const spans: { name: string; attributes: { key: string }[] }[] = [];
const asked: GenerateRequest[] = [];

/** Five calculations one after another, each with a thought; slowly. */
const script = createScriptedModel({
  id: "slow-pilot",
  contextLength: 131_072,
  turns: ({ messages }) => {
    const step = messages.filter(({ role }) => role === "assistant").length;
    if (step === 5) return { reasoning: "All done.", content: `The sum is ${messages.at(-1)!.content}.` };
    return {
      reasoning: `Thought ${step}.`,
      toolCalls: [{ name: "calculator", arguments: { expression: `${step} + 1` } }],
    };
  },
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-agent-"));
  host = await createServer({
    port: 0,
    chat: {
      ...script,
      async *generate(request) {
        asked.push({ ...request, messages: structuredClone(request.messages) });
        await sleep(300);
        yield* script.generate(request);
      },
    },
  });
  collector = createHttpServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    for (const resource of body.resourceSpans) for (const scope of resource.scopeSpans) spans.push(...scope.spans);
    response.setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await host.close();
  collector.close();
  await rm(dir, { recursive: true, force: true });
});

const where = () => ["--dir", join(dir, "runs")];
const remote = () => ["--upstream", `${host.url}/v1`];
const runIdIn = (output: string): string | undefined => /^run (\S+)/m.exec(output)?.[1];

/** Kills the process when its standard error has `pattern`. @returns what it wrote until then */
async function killAt(child: ChildProcess, pattern: RegExp): Promise<string> {
  let written = "";
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stderr!.setEncoding("utf8").on("data", (piece: string) => {
    written += piece;
    if (pattern.test(written)) child.kill("SIGKILL");
  });
  await ended;
  return written;
}

test("the embedded model uses its calculator; the run can be listed, shown and exported", async () => {
  const task = ["agent", "What is 348 + 1297?", "--temperature", "0", ...where()];
  const { status, stdout, stderr } = await cachalot(task);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "348 + 1297 = 1645.\n" });
  expect(stderr).toMatch(/call {6}calculator \{"expression": "348 \+ 1297"\}\nresult {4}1645/);
  const runId = runIdIn(stderr)!;
  const listed = await cachalot(["runs", ...where()]);
  expect(listed.stdout).toMatch(new RegExp(`${runId} +answer +2 steps +cachalot-embedded +What is 348`));
  const shown = await cachalot(["show", runId, ...where()]);
  expect(shown.stdout).toContain("thinking  I should compute 348 + 1297");
  const context = await cachalot(["show", runId, "--context", ...where()]);
  expect(context.stdout.split("\n")[2]).toMatch(/^ +2 +\d+ +\d+ +\d+ +\d+ *$/);
  const ledger = join(dir, "ledger.jsonl");
  expect((await cachalot(["show", runId, "--ledger", ledger, ...where()])).status).toBe(0);
  const { ids, loss_mask: mask, run } = JSON.parse((await readFile(ledger, "utf8")).trim());
  expect(run).toBe(runId);
  const { usage } = (await readTrace(tracePath(join(dir, "runs"), runId))).records.at(-1) as {
    usage: { completionTokens: number };
  };
  expect(mask.reduce((sum: number, one: number) => sum + one, 0)).toBe(usage.completionTokens);
  expect(ids).toHaveLength(mask.length);
});

test("killed with SIGKILL in its middle, a run is resumed: no finished step is run again, reasoning is intact", async () => {
  const child = start(["agent", "Count", ...remote(), ...where()]);
  const written = await killAt(child, /step 4 ·/);
  const runId = runIdIn(written)!;
  const before = asked.length;
  const listed = await cachalot(["runs", ...where()]);
  expect(listed.stdout).toMatch(new RegExp(`${runId} +unfinished`));
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` };
  const resumed = await cachalot(["resume", runId, ...where()], "", env);
  expect({ status: resumed.status, stdout: resumed.stdout }).toEqual({ status: 0, stdout: "The sum is 5.\n" });
  // Three steps were finished; the fourth may have reached the host before the kill.
  expect(asked.slice(before).map(({ messages }) => messages.length)).toEqual([7, 9, 11]);
  const { messages } = conversationOf(await readTrace(tracePath(join(dir, "runs"), runId)));
  const thoughts = (all: readonly ChatMessage[]) =>
    all.flatMap((message) => (message.role === "assistant" ? [message.reasoning_content] : []));
  expect(thoughts(messages)).toEqual([...[0, 1, 2, 3, 4].map((i) => `Thought ${i}.`), "All done."]);
  expect(thoughts(asked.at(-1)!.messages)).toEqual(thoughts(messages).slice(0, -1));
  // Only what this process did is told to the collector.
  const names = spans.map(({ name }) => name).toSorted();
  expect(names).toEqual([
    ...["chat slow-pilot", "chat slow-pilot", "chat slow-pilot"],
    ...["execute_tool calculator", "execute_tool calculator", "invoke_agent cachalot"],
  ]);
});

test("bad use is told before anything is begun", async () => {
  const documents = await cachalot(["agent", "x", "--tools", "search", ...where()]);
  expect(documents.stderr).toMatch(/needs documents; give their directory with --corpus DIR/);
  const tools = await cachalot(["agent", "x", "--tools", "bash,hammer", ...where()]);
  expect(tools.stderr).toMatch(/there is no hammer; there are bash, python, editor, search, calculator/);
  expect((await cachalot(["agent", "x", "--queue", ...where()], "", { DATABASE_URL: "" })).stderr).toMatch(
    /set DATABASE_URL/,
  );
  expect((await cachalot(["show", "nothing", ...where()])).stderr).toMatch(/cannot be read \(ENOENT\)/);
  const unknown = await cachalot(["resume", "nothing", ...where()]);
  expect(unknown.stderr).toMatch(/There is no run nothing here/);
  expect([documents, tools, unknown].map(({ status }) => status)).toEqual([1, 1, 1]);
});

test("documents are searched, and a trace that was damaged is named", async () => {
  const corpus = join(dir, "corpus");
  await mkdir(corpus);
  await writeFile(join(corpus, "whales.md"), "# Whales\nThe sperm whale dives two kilometres deep.");
  const found = await cachalot(["agent", "Count", "--corpus", corpus, "--steps", "2", ...remote(), ...where()]);
  // The script asks for a calculator, which is not among its tools: it is told so, and the limit ends the run.
  expect(found.status).toBe(1);
  expect(found.stderr).toMatch(/there is no tool calculator; there are search, open, find/);
  expect(found.stderr).toMatch(/steps · 2 steps/);
  await mkdir(join(dir, "runs", "runs", "damaged"), { recursive: true });
  await writeFile(join(dir, "runs", "runs", "damaged", "trace.jsonl"), "{}\n");
  expect((await cachalot(["runs", ...where()])).stderr).toMatch(/damaged: .*trace\.jsonl:1 is no trace record/);
});
