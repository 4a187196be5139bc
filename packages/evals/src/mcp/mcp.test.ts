import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mcpUniverse } from "../benchmarks/mcp-universe.js";
import { scriptedModel } from "../models/scripted.js";
import { runBenchmark } from "../run/run-benchmark.js";
import { holds, valueAt } from "./evaluators.js";

/** A server of notes that can be written and read back. */
const SERVER = `
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import * as z from "zod";
const notes = {};
const text = (value) => ({ content: [{ type: "text", text: value }] });
const server = new McpServer({ name: "notes", version: "1" });
server.registerTool("write", { inputSchema: { name: z.string(), note: z.string() } }, ({ name, note }) => text(notes[name] = note));
server.registerTool("all", {}, () => text(JSON.stringify(notes)));
await server.connect(new StdioServerTransport());
`;

const answered = {
  id: "sum",
  question: "What is 2 + 40?",
  mcp_servers: [{ name: "notes" }],
  output_format: { total: "number" },
  evaluators: [{ func: "json -> get(total)", op: "=", value: 42 }],
};
const written = {
  id: "note",
  question: "Note under whale that it dives.",
  mcp_servers: [{ name: "notes" }],
  evaluators: [{ tool: "all", func: "json -> get(whale)", op: "contains", value: "dives" }],
  solution: { calls: [["write", { name: "whale", note: "It dives." }]], answer: "Done." },
};

let dir: string;
let environments: string;
beforeAll(async () => {
  // Below the repository, so that the server finds its packages.
  const cache = fileURLToPath(new URL("../../../../node_modules/.cache/", import.meta.url));
  await mkdir(cache, { recursive: true });
  dir = await mkdtemp(join(cache, "mcp-"));
  await writeFile(join(dir, "server.mjs"), SERVER);
  environments = join(dir, "servers.json");
  const notes = { command: process.execPath, args: [join(dir, "server.mjs")] };
  await writeFile(environments, JSON.stringify({ mcpServers: { notes } }));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function verdicts(rows: readonly object[], model: string): Promise<string[]> {
  const data = join(dir, "tasks.jsonl");
  await writeFile(data, rows.map((row) => JSON.stringify(row)).join("\n"));
  const { samples } = await runBenchmark({
    ...{
      benchmark: mcpUniverse,
      data,
      files: { environments },
      out: join(dir, `out-${model}`),
      limit: 9,
      samples: 1,
      sampling: {},
    },
    ...{ about: { model, engine: "e", codec: "c", cachalot: "0" }, thinkingMode: "chat", seed: 0, concurrency: 1 },
    ...{ model: scriptedModel(`scripted:${model}`)!, timeoutMs: 60_000 },
  });
  return samples.map(({ item, verdict, because }) => `${item}: ${verdict}: ${because}`);
}

test("a task is judged by its answer, or by what a tool of its server says afterwards", async () => {
  expect(await verdicts([answered, written], "oracle")).toEqual([
    "sum: right: all 1 evaluators hold",
    "note: right: all 1 evaluators hold",
  ]);
  expect(await verdicts([answered, written], "wrong")).toEqual([
    "sum: wrong: the answer: the answer is no JSON",
    "note: wrong: all: there is no whale in {}",
  ]);
});

test("a task that names a server nobody gave, or wants nothing, is refused with its line", async () => {
  const refused = (row: object) => expect(verdicts([answered, row], "empty")).rejects;
  await refused({ ...written, mcp_servers: [{ name: "maps" }] }).toThrow(/tasks.jsonl:2: mcp_servers names maps/);
  await refused({ ...written, evaluators: [] }).toThrow(/tasks.jsonl:2: evaluators/);
});

test("values are taken step by step, and compared as what they are", () => {
  expect(valueAt('So: ```\n{"a": [1, {"b": "x"}]}\n```', "json -> get(a) -> get(1) -> get(b)")).toBe("x");
  expect(valueAt("It costs 1,250.5 euros", "number")).toBe(1250.5);
  expect(valueAt("[1, 2, 3]", "json -> len")).toBe(3);
  expect(() => valueAt("[]", "json -> get(0)")).toThrow(/there is no 0/);
  expect(() => valueAt("x", "exec(rm)")).toThrow(/does not fit/);
  expect(holds({ a: 1, b: " X" }, { op: "=", value: { b: "x", a: 1 } })).toBe(true);
  expect(holds("abc", { op: "<", value: 3 })).toBe(false);
  expect(holds(2, { op: "in", value: [1, 2] })).toBe(true);
  expect(holds([1], { op: "=", value: { 0: 1 } })).toBe(false);
});
