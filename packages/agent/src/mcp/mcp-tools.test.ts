import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { plannedServers } from "./mcp-plan.js";
import { openMcpTools } from "./mcp-tools.js";

const script = fileURLToPath(new URL("./testing/server.mjs", import.meta.url));
const line = `"${process.execPath}" '${script}'`;
const context = { signal: new AbortController().signal, callId: "c", idempotencyKey: "k" };

afterEach(() => {
  delete process.env.CACHALOT_TOKEN;
});

test("two servers with the same tools have their names put before them, and both are told of", async () => {
  const mcp = await openMcpTools({ servers: [line, line] }, ["bash"], () => {});
  const tools = mcp.tools();
  const names = tools.map(({ definition }) => definition.function.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(["test_add", "test2_add"]));
  for (const name of ["test_add", "test2_add"]) {
    const add = tools.find(({ definition }) => definition.function.name === name)!;
    expect(await add.execute({ a: 2, b: 3 }, context)).toBe("5");
  }
  expect(mcp.instructions).toContain("Instructions for the tools of test:\nAdd numbers with it.");
  expect(mcp.instructions).toContain("Instructions for the tools of test2:\n");
  await mcp.close();
});

test("a tool of ours keeps its name beside a server's", async () => {
  const mcp = await openMcpTools({ servers: [line] }, ["add"], () => {});
  const names = mcp.tools().map(({ definition }) => definition.function.name);
  expect(names).toContain("test_add");
  expect(names).not.toContain("add");
  await mcp.close();
});

test("secrets come from the environment, where they are named: to processes, in headers and in files", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cachalot-mcp-"));
  const file = join(directory, "servers.json");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the file's own way to name a variable
  const held = "${CACHALOT_TOKEN}";
  await writeFile(
    file,
    JSON.stringify({
      mcpServers: { mine: { command: "server", args: ["--token", held] }, far: { url: "https://a.b/mcp" } },
    }),
  );
  const plan = {
    servers: ["server --token $CACHALOT_TOKEN 'two words'", "http://127.0.0.1:1/mcp", file],
    env: ["CACHALOT_TOKEN"],
    headers: ["Authorization: Bearer $CACHALOT_TOKEN"],
    cwd: directory,
  };
  await expect(plannedServers(plan)).rejects.toThrow("The environment variable CACHALOT_TOKEN is not set");
  process.env.CACHALOT_TOKEN = "s3cret";
  expect(await plannedServers(plan)).toEqual([
    {
      name: undefined,
      server: {
        command: "server",
        args: ["--token", "s3cret", "two words"],
        env: { CACHALOT_TOKEN: "s3cret" },
        cwd: directory,
      },
    },
    { name: undefined, server: { url: "http://127.0.0.1:1/mcp", headers: { Authorization: "Bearer s3cret" } } },
    { name: "mine", server: { command: "server", args: ["--token", "s3cret"], env: {}, cwd: directory } },
    { name: "far", server: { url: "https://a.b/mcp", headers: {} } },
  ]);
  expect(JSON.stringify(plan)).not.toContain("s3cret");
  await writeFile(file, "{}");
  await expect(plannedServers(plan)).rejects.toThrow(/names no MCP servers .*write \{"mcpServers"/);
  await rm(directory, { recursive: true });
});
