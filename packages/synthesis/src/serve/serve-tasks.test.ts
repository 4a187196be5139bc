import { get } from "node:http";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { ItemContext } from "../pipeline.js";
import { general } from "../pipelines/general/general.js";
import type { TaskFolder } from "../task.js";
import { withSandbox } from "../testing/with-sandbox.js";
import { type ServedEnvironment, serveTasks } from "./serve-tasks.js";

const context: ItemContext = {
  ...{ cache: "", signal: new AbortController().signal, spend: () => {} },
  stage: async (_, work) => work(),
};

let task: TaskFolder;
let served: ServedEnvironment;
beforeAll(async () => {
  const options = general.options.parse({ count: 1, worlds: ["library-loans"], density: 1e-3 });
  for await (const seed of general.seeds(options, context))
    for await (const made of general.candidates(seed, options, context)) task = made;
  served = await serveTasks([task], { port: 0 });
});
afterAll(() => served.close());

const answer = () => JSON.parse(task.solution.get("answer.json")!.data.toString()) as object;
const post = (path: string, body: object) =>
  fetch(`${served.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function talk(messages: (object | string)[]): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const socket = new WebSocket(`${served.url.replace("http", "ws")}/ws`);
  const answers: { type: string; data: Record<string, unknown> }[] = [];
  await new Promise<void>((done, failed) => {
    socket.on("error", failed);
    socket.on("open", () => {
      for (const message of messages) socket.send(typeof message === "string" ? message : JSON.stringify(message));
    });
    socket.on("message", (data) => {
      answers.push(JSON.parse(String(data)) as (typeof answers)[0]);
      if (answers.length === messages.length) socket.close();
    });
    socket.on("close", () => done());
  });
  return answers;
}

test("health, metadata and schema are as OpenEnv has them", async () => {
  expect(await (await fetch(`${served.url}/health`)).json()).toEqual({ status: "healthy" });
  expect(await (await fetch(`${served.url}/metadata`)).json()).toMatchObject({ name: task.name, version: "1.0.0" });
  expect(await (await fetch(`${served.url}/schema`)).json()).toHaveProperty("action.oneOf");
});

test("a reset gives the instruction and the tools; over HTTP each request is an environment of its own", async () => {
  const reset = (await (await post("/reset", {})).json()) as { observation: { tools: object[] }; done: boolean };
  expect(reset).toMatchObject({ observation: { instruction: task.instruction }, reward: null, done: false });
  const step = await post("/step", { action: { type: "call_tool", tool_name: "get_all_branches", arguments: {} } });
  expect(await step.json()).toMatchObject({ observation: { tool_name: "get_all_branches", error: null }, done: false });
  expect((await post("/step", { action: { type: "fly" } })).status).toBe(422);
});

test("tools and errors are as OpenEnv's models have them", async () => {
  const call = (tool_name: string, args: object) => ({
    type: "step",
    data: { type: "call_tool", tool_name, arguments: args },
  });
  const calls = [call("fly", {}), call("get_all_books_by_branch", { branch: "Atlantis" })];
  const [reset, ...failed] = await talk([{ type: "reset", data: {} }, ...calls]);
  const { tools, metadata } = reset!.data.observation as { tools: object[]; metadata: object };
  expect(metadata).toEqual({ instruction: task.instruction, task: task.name });
  for (const tool of tools) expect(Object.keys(tool)).toEqual(["name", "description", "input_schema"]);
  expect(failed.map(({ data }) => (data.observation as { error: object }).error)).toEqual([
    { error_type: "tool_not_found", message: "there is no tool fly" },
    { error_type: "execution_error", message: expect.stringContaining("Atlantis") },
  ]);
});

test("what is no message is told so, and the socket goes on", async () => {
  const answers = await talk(["{", { type: "fly" }, { type: "step", data: { type: "call_tool" } }, { type: "state" }]);
  expect(answers.map(({ type, data }) => [type, data.code])).toEqual([
    ["error", "INVALID_JSON"],
    ["error", "UNKNOWN_TYPE"],
    ["error", "VALIDATION_ERROR"],
    ["state", undefined],
  ]);
});

test("requests by another name than this machine's are refused", async () => {
  const { port } = new URL(served.url);
  const status = await new Promise((done, failed) =>
    get({ host: "127.0.0.1", port, path: "/health", headers: { host: "evil.example" } }, (response) => {
      response.resume();
      done(response.statusCode);
    }).on("error", failed),
  );
  expect(status).toBe(403);
});

withSandbox("episodes that are judged", () => {
  test("the reference's answer earns 1 over the socket, another 0", async () => {
    const submit = (answer: object) => ({
      type: "step",
      data: { type: "call_tool", tool_name: "submit_result", arguments: { answer } },
    });
    const right = await talk([{ type: "reset", data: {} }, submit(answer()), { type: "state" }]);
    expect(right[1]).toMatchObject({ type: "observation", data: { reward: 1, done: true } });
    expect(right[2]).toMatchObject({ type: "state", data: { step_count: 1, done: true } });
    const wrong = await talk([{ type: "reset", data: {} }, submit({})]);
    expect(wrong[1]).toMatchObject({ data: { reward: 0, done: true } });
  });

  test("an MCP client lists the tools, reads the world and hands in its answer", async () => {
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${served.url}/mcp`)));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["get_all_branches", "submit_result"]));
    expect(tools.map(({ name }) => name).join()).not.toMatch(/verif|grade/);
    const listed = await client.callTool({ name: "get_all_branches", arguments: {} });
    expect(JSON.stringify(listed.content)).toContain("Harbour");
    const done = await client.callTool({ name: "submit_result", arguments: { answer: answer() } });
    expect(done._meta).toEqual({ reward: 1 });
    await client.close();
  });
});
