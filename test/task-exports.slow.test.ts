/** Exported and served tasks, played by the code of others: verifiers, OpenEnv's clients, the MCP SDK's client. */

import { type ChildProcess, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createScriptedModel, type ScriptedTurn } from "@cachalot/chat";
import { sandboxUnavailableReason } from "@cachalot/sandbox";
import { createServer } from "@cachalot/server";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cachalot, start } from "./support/cachalot.js";
import { openenvPython, readersPython } from "./support/install-export-readers.mjs";

const required = process.env.CACHALOT_REQUIRE?.split(",").includes("export-readers") === true;
const without = (python: string) => !required && !existsSync(python);
const noSandbox = await sandboxUnavailableReason();
const script = (name: string) => fileURLToPath(new URL(`support/${name}`, import.meta.url));

/** What Python prints, as JSON. */
async function python(command: string, args: readonly string[], input = "", env = {}): Promise<never> {
  const running = promisify(execFile)(command, args, { env: { ...process.env, ...env }, maxBuffer: 1e8 });
  running.child.stdin!.end(input);
  return JSON.parse((await running).stdout.trim().split("\n").at(-1)!) as never;
}

describe.skipIf(noSandbox !== undefined)("others play a world of ours", () => {
  let dir: string;
  let server: ChildProcess;
  let url: string;
  let task: string;
  let answer: object;
  let instruction: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "cachalot-task-exports-"));
    const out = join(dir, "loans");
    const world = ["--count", "1", "--set", 'worlds=["library-loans"]', "--set", "density=0.001"];
    const made = await cachalot(["tasks", "synthesise", "general", ...world, "--out", out, "--json"]);
    [task] = (JSON.parse(made.stdout) as { tasks: [string] }).tasks;
    answer = JSON.parse(await readFile(join(out, task, "solution", "answer.json"), "utf8"));
    instruction = await readFile(join(out, task, "instruction.md"), "utf8");
    const exported = await cachalot(["tasks", "export", out, "--to", "verifiers", "--out", join(dir, "package")]);
    expect(exported.status).toBe(0);
    server = start(["env", "serve", out, "--port", "0"]);
    url = await new Promise((resolve, reject) => {
      server.stdout!.once("data", (data) => resolve(/http:\S+/.exec(String(data))![0]));
      server.once("close", reject);
    });
  }, 600_000);
  afterAll(async () => {
    const closed = new Promise((resolve) => server.once("close", resolve));
    server.kill("SIGTERM");
    await closed;
    await rm(dir, { recursive: true });
  });

  /** verifiers' rollout of the exported taskset, with its own loop and a model that says what a script says. */
  async function rollOut(turns: readonly ScriptedTurn[]): Promise<object[]> {
    const chat = createScriptedModel({ turns });
    const model = await createServer({ port: 0, chat });
    try {
      const args = [join(dir, "package"), "loans", `${url.replace("http", "ws")}/ws`, `${model.url}/v1`];
      return await python(readersPython, [script("play-verifiers.py"), ...args], "", { HOME: dir });
    } finally {
      await model.close();
    }
  }

  test.skipIf(without(readersPython))(
    "verifiers: the oracle earns 1, doing nothing 0, a wrong answer 0",
    async () => {
      const call = (name: string, args: object): ScriptedTurn => ({ toolCalls: [{ name, arguments: args as never }] });
      const look = call("get_all_branches", { page: 1 });
      const base = { task, errors: [] };
      const oracle = await rollOut([look, call("submit_result", { answer }), { content: "Done." }]);
      expect(oracle).toEqual([{ ...base, reward: 1, turns: 2, stop: "task_is_over" }]);
      expect(await rollOut([{ content: "I would rather not." }])).toEqual([
        { ...base, reward: 0, turns: 1, stop: "agent_completed" },
      ]);
      const wrong = await rollOut([call("submit_result", { answer: {} }), { content: "Done." }]);
      expect(wrong).toMatchObject([{ ...base, reward: 0, stop: "task_is_over" }]);
    },
    600_000,
  );

  test.skipIf(without(openenvPython))(
    "OpenEnv's clients list tools, call them, and get the verdict",
    async () => {
      const input = JSON.stringify({ task, list: "get_all_branches", answer });
      const played = await python(openenvPython, [script("play-openenv.py"), url], input);
      const right = {
        ...{ instruction, described: true, done: true, reward: 1, steps: 3 },
        tools: expect.arrayContaining(["get_all_branches", "submit_result"]),
        listed: expect.stringContaining("Harbour"),
        unknown: expect.stringContaining("tool_not_found"),
      };
      expect(played).toEqual({
        ...{ right, wrong: { ...right, reward: 0 }, generic: 1 },
        http: { name: task, instruction, result: expect.stringContaining("Harbour") },
      });
    },
    300_000,
  );

  test("the MCP SDK's client lists tools, calls one, and hands in", async () => {
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["get_all_branches", "submit_result"]));
    const listed = await client.callTool({ name: "get_all_branches", arguments: {} });
    expect(JSON.stringify(listed.content)).toContain("Harbour");
    const done = await client.callTool({ name: "submit_result", arguments: { answer } });
    expect(done._meta).toEqual({ reward: 1 });
    await client.close();
  });
});
