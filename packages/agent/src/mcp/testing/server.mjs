// An MCP server for the tests, in a process of its own: over stdio, or with the argument "http" on a free port.
import { createServer } from "node:http";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";

function createMcp() {
  const server = new McpServer({ name: "test", version: "1" }, { instructions: "Add numbers with it." });
  const text = (value) => ({ content: [{ type: "text", text: value }] });
  server.registerTool(
    "add",
    { description: "Adds", inputSchema: { a: z.number(), b: z.number() }, annotations: { readOnlyHint: true } },
    ({ a, b }) => text(`${a + b}`),
  );
  server.registerTool("fail", { description: "Fails" }, () => {
    throw new Error("it never works");
  });
  server.registerTool("slow", { description: "Takes a minute" }, async ({ signal }) => {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 60_000);
      signal.addEventListener("abort", () => resolve(clearTimeout(timer)));
    });
    return text("done");
  });
  server.registerTool("env.show", { description: "Shows the environment" }, () => text(JSON.stringify(process.env)));
  server.registerTool("long", {}, () => text("x".repeat(100_000)));
  server.registerTool("picture", {}, () => ({
    content: [
      { type: "text", text: "look" },
      { type: "image", data: Buffer.from("12345").toString("base64"), mimeType: "image/png" },
      { type: "resource", resource: { uri: "file:///a.txt", text: "inside" } },
      { type: "resource", resource: { uri: "file:///b.bin", blob: Buffer.from("123").toString("base64") } },
      { type: "resource_link", uri: "file:///c.txt", name: "c" },
    ],
  }));
  server.registerTool("exit", {}, () => {
    console.error("giving up");
    setTimeout(() => process.exit(3), 20);
    return new Promise(() => {});
  });
  server.registerTool("reports", {}, async ({ _meta, sendNotification }) => {
    for (let progress = 1; progress <= 5; progress++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const params = { progressToken: _meta?.progressToken ?? "none", progress, total: 5 };
      await sendNotification({ method: "notifications/progress", params });
    }
    return text("at last");
  });
  server.registerTool("grow", {}, () => {
    server.registerTool("grown", {}, () => text("new"));
    return text("there is a new tool");
  });
  server.registerTool("huge", {}, () => text("x".repeat(40 * 2 ** 20)));
  server.registerTool("half", { description: "caf\udce9" }, () => text("half \ud83d"));
  server.registerTool("twin.a", {}, () => text("first"));
  server.registerTool("twin_a", {}, () => text("second"));
  return server;
}

if (process.argv[2] === "endless" || process.argv[2] === "cycle") {
  const server = new Server({ name: "endless", version: "1" }, { capabilities: { tools: {} } });
  let page = 0;
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [{ name: `tool${page++}`, inputSchema: { type: "object" } }],
    nextCursor: process.argv[2] === "cycle" ? `${page % 3}` : `${page}`,
  }));
  await server.connect(new StdioServerTransport());
} else if (process.argv[2] === "http") {
  const http = createServer(async (request, response) => {
    if (request.headers.authorization !== "Bearer right") return void response.writeHead(401).end();
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on("close", () => transport.close());
    await createMcp().connect(transport);
    await transport.handleRequest(request, response);
  });
  http.listen(0, "127.0.0.1", () => console.log(http.address().port));
} else {
  await createMcp().connect(new StdioServerTransport());
}
