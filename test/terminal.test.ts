/** The command at a terminal: what may reach the screen, Ctrl+C, and questions that are asked again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedModel } from "@cachalot/chat";
import { createServer, type RunningServer } from "@cachalot/server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { cachalot } from "./support/cachalot.js";
import { atTerminal, CTRL_C } from "./support/terminal.js";

// Each test starts several processes, which take long on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

/** A title, a cleared screen, a question the terminal would answer into the shell, the clipboard, a turned line. */
const ATTACK = "\x1b]0;pwned\x07\x1b[2J\x1b[6n\x1b]52;c;ZXZpbA==\x07\x9b31m\u202etxt.exe\u202c";
const SHOWN = "␛]0;pwned␇␛[2J␛[6n␛]52;c;ZXZpbA==␇<U+009B>31m<U+202E>txt.exe<U+202C>";

let dir: string;
let host: RunningServer;
const script = createScriptedModel({
  id: "pilot",
  contextLength: 131_072,
  turns: ({ messages }) => {
    const step = messages.filter(({ role }) => role === "assistant").length;
    const hostile = messages[0]!.content!.includes("hostile");
    if (hostile && step === 1) return { reasoning: `Thought ${ATTACK}`, content: `Answer ${ATTACK}` };
    if (hostile) return { reasoning: "…", toolCalls: [{ name: "calculator", arguments: { expression: ATTACK } }] };
    if (step === 3) return { reasoning: "Done.", content: `Results: ${messages.length}` };
    return {
      reasoning: `Thought ${step}.`,
      toolCalls: [{ name: "calculator", arguments: { expression: `${step} + 1` } }],
    };
  },
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cachalot-terminal-"));
  host = await createServer({ port: 0, chat: script });
});
afterAll(async () => {
  await host.close();
  await rm(dir, { recursive: true, force: true });
});

const agent = (...args: string[]) => ["agent", ...args, "--upstream", `${host.url}/v1`, "--dir", dir];

/** The screen without colours, which are ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const withoutColours = (output: string): string => output.replace(/\x1b\[\d+m/g, "");

test("what a model or a tool wrote cannot command the terminal, live or shown later", async () => {
  const live = atTerminal(agent("hostile"));
  expect(await live.ended).toBe(0);
  expect(withoutColours(live.output)).toContain(`thinking  Thought ${SHOWN}`);
  expect(withoutColours(live.output)).toContain(`answer    Answer ${SHOWN}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(withoutColours(live.output)).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]/);
  const runId = /run (\d{8}-\d{6}-\w+)/.exec(live.output)![1]!;
  for (const args of [["show", runId], ["show", runId, "--messages"], ["runs"], ["show", `${runId}\x1b[2J`]]) {
    const later = atTerminal([...args, "--dir", dir]);
    await later.ended;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(withoutColours(later.output)).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]/);
  }
  const piped = await cachalot(agent("hostile"));
  expect(piped.stdout).toBe(`Answer ${ATTACK}\n`);
  expect(piped.stderr).toContain(`answer    Answer ${SHOWN}`);
});

test("approvals are part of a run: Ctrl+C at a question leaves it resumable, and it goes on asking", async () => {
  const first = atTerminal(agent("count", "--ask"));
  await first.see('run calculator {"expression":"0 + 1"}?');
  await first.see("[y, or why not]");
  first.type("y\r");
  await first.see('run calculator {"expression":"1 + 1"}?');
  await first.see("[y, or why not]");
  first.type(CTRL_C);
  expect(await first.ended).toBe(130);
  const runId = /run (\d{8}-\d{6}-\w+)/.exec(first.output)![1]!;
  expect(first.output).toContain(`cachalot resume ${runId}`);
  expect((await cachalot(["runs", "--dir", dir])).stdout).toMatch(new RegExp(`${runId} +unfinished`));

  // Nobody can be asked: nothing is run.
  const alone = await cachalot(["resume", runId, "--dir", dir]);
  expect(alone.status).toBe(1);
  expect(alone.stderr).toMatch(/was begun with --ask, and there is no terminal to ask at/);
  expect((await cachalot(["show", runId, "--dir", dir])).stdout.match(/^result/gm)).toHaveLength(1);

  const again = atTerminal(["resume", runId, "--dir", dir]);
  await again.see(/run calculator .*\?/);
  expect(again.output).toContain('"1 + 1"');
  await again.see("[y, or why not]");
  again.type("too dear\r");
  await again.see('run calculator {"expression":"2 + 1"}?');
  await again.see("[y, or why not]");
  again.type("y\r");
  expect(await again.ended).toBe(0);
  const { stdout } = await cachalot(["show", runId, "--dir", dir]);
  expect(stdout.match(/^result .*$/gm)).toEqual([
    "result    1",
    "result    Error: the call was denied: too dear",
    "result    3",
  ]);
});

test("a run that asks is not left to a worker, and none is begun without a terminal", async () => {
  const queued = await cachalot(agent("count", "--ask", "--queue"), "", {
    DATABASE_URL: "postgresql://127.0.0.1:1/none",
  });
  expect(queued).toMatchObject({ status: 1, stdout: "" });
  expect(queued.stderr).toMatch(/a worker cannot ask anybody/);
  const alone = await cachalot(agent("count", "--ask"));
  expect(alone.stderr).toMatch(/there is no terminal to ask at/);
});

test("in chat Ctrl+C stops the answer and keeps the conversation; at an empty prompt it leaves", async () => {
  const chat = atTerminal(["chat", "--temperature", "100", "--seed", "1"]);
  await chat.see("> ");
  chat.type("Go on for ever\r");
  await chat.see("thinking");
  chat.type(CTRL_C);
  await chat.see("[stopped]");
  await chat.see("> ");
  chat.type("And again\r");
  await chat.see("thinking");
  chat.type(CTRL_C);
  await chat.see("[stopped]");
  await chat.see("> ");
  chat.type("half a line");
  chat.type(CTRL_C);
  await chat.see("^C");
  await chat.see("> ");
  chat.type(CTRL_C);
  expect(await chat.ended).toBe(0);
});
