import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tool } from "../tools/tool.js";
import { connectMcp, type McpConnection } from "./connect-mcp.js";

const script = fileURLToPath(new URL("./testing/server.mjs", import.meta.url));
const stdio = { command: process.execPath, args: [script] };
const context = { signal: new AbortController().signal, callId: "c", idempotencyKey: "k" };

let http: ChildProcess;
let url: string;
beforeAll(async () => {
  process.env.CACHALOT_CANARY = "secret";
  http = spawn(process.execPath, [script, "http"], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve) =>
    http.stdout!.once("data", (data) => resolve(String(data).trim())),
  );
  url = `http://127.0.0.1:${port}/mcp`;
});
afterAll(() => {
  http.kill();
  delete process.env.CACHALOT_CANARY;
});

const named = ({ tools }: McpConnection, name: string): Tool =>
  tools.find(({ definition }) => definition.function.name === name)!;
const call = async (mcp: McpConnection, name: string, args = {}, signal = context.signal) =>
  named(mcp, name).execute(args, { ...context, signal });

describe.each([
  ["stdio", () => stdio],
  ["streamable HTTP", () => ({ url, headers: { authorization: "Bearer right" } })],
])("over %s", (transport, server) => {
  test("its tools become tools, its results text, its failures errors", async () => {
    const mcp = await connectMcp(server());
    expect(mcp.instructions).toBe("Add numbers with it.");
    expect(mcp.tools.map(({ definition }) => definition.function.name)).toEqual(
      expect.arrayContaining(["add", "fail", "slow", "env_show", "picture"]),
    );
    expect(named(mcp, "add").definition.function).toMatchObject({
      description: "Adds",
      parameters: { type: "object", required: ["a", "b"] },
    });
    expect(named(mcp, "add").concurrent).toBe(true);
    expect(await call(mcp, "add", { a: 2, b: 3 })).toBe("5");
    await expect(call(mcp, "add", { a: "two" })).rejects.toThrow(/a/);
    await expect(call(mcp, "fail")).rejects.toThrow("it never works");
    expect(await call(mcp, "picture")).toBe(
      "look\n[image image/png, 5 bytes, not shown]\n[resource file:///a.txt]\ninside\n" +
        "[resource file:///b.bin, 3 bytes, not shown]\n[resource c: file:///c.txt]",
    );
    expect((await call(mcp, "long")).length).toBeLessThan(33_000);
    await mcp.close();
  });

  test("calls end at their time limit and when they are aborted", async () => {
    const mcp = await connectMcp(server(), { timeoutMs: 1500, prefix: "t_" });
    await expect(call(mcp, "t_slow")).rejects.toThrow(/timed out/i);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(call(mcp, "t_slow", {}, controller.signal)).rejects.toThrow(/abort/i);
    expect(await call(mcp, "t_add", { a: 1, b: 1 })).toBe("2");
    await mcp.close();
  });

  test("progress keeps a call alive beyond its time limit", async () => {
    const mcp = await connectMcp(server(), { timeoutMs: 1500 });
    expect(await call(mcp, "reports")).toBe("at last");
    await mcp.close();
  });

  test("a result too long to read is an error, and the next call works", async () => {
    const mcp = await connectMcp(server());
    await expect(call(mcp, "huge")).rejects.toThrow(/longer than 16 MiB.*the next one connects again/);
    expect(await call(mcp, "add", { a: 1, b: 1 })).toBe("2");
    await mcp.close();
  });

  test("halves of characters and twin names are put right", async () => {
    const mcp = await connectMcp(server());
    expect(named(mcp, "half").definition.function.description).toBe("caf\ufffd");
    expect(await call(mcp, "half")).toBe("half \ufffd");
    expect(await call(mcp, "twin_a")).toBe("first");
    expect(await call(mcp, "twin_a_2")).toBe("second");
    await mcp.close();
  });

  test.runIf(transport === "stdio")("a server sees little of the environment; dead, it is started again", async () => {
    const mcp = await connectMcp(server());
    expect(await call(mcp, "env_show")).not.toContain("CACHALOT_CANARY");
    await expect(call(mcp, "exit")).rejects.toThrow(
      /the connection was lost; it said: giving up; the call may have had/,
    );
    expect(await call(mcp, "add", { a: 1, b: 1 })).toBe("2");
    await mcp.close();
    await expect(call(mcp, "add", { a: 1, b: 1 })).rejects.toThrow("is closed; connect again");
  });

  test.runIf(transport === "stdio")("a list of tools that changes is followed", async () => {
    let changes = 0;
    const mcp = await connectMcp(server(), { onToolsChanged: () => changes++ });
    expect(named(mcp, "grown")).toBeUndefined();
    await call(mcp, "grow");
    await expect.poll(() => changes).toBeGreaterThan(0);
    expect(await call(mcp, "grown")).toBe("new");
    await mcp.close();
  });
});

test.each(["endless", "cycle"])("a list of tools without an end is an error (%s)", async (mode) => {
  const server = { command: process.execPath, args: [script, mode] };
  await expect(connectMcp(server, { timeoutMs: 20_000 })).rejects.toThrow(/list of tools has no end/);
});

test.each([
  ["no such program", { command: "/nonexistent/server" }, "/nonexistent/server"],
  [
    "a program that speaks no MCP",
    { command: "/bin/sh", args: ["-c", "echo no such luck >&2; exit 1"] },
    "no such luck",
  ],
  ["nobody at the address", { url: "http://127.0.0.1:9/mcp" }, "http://127.0.0.1:9/mcp"],
])("%s: the error names the server and what to check", async (_, server, text) => {
  await expect(connectMcp(server, { timeoutMs: 5000 })).rejects.toMatchObject({
    code: "mcp",
    message: expect.stringMatching(/check that it runs and speaks MCP$/),
  });
  await expect(connectMcp(server, { timeoutMs: 5000 })).rejects.toThrow(text);
});

test("a server that wants another key", async () => {
  await expect(connectMcp({ url }, { timeoutMs: 5000 })).rejects.toThrow("Cannot use the MCP server");
});
