// An agent of the embedded model whose tools come from an MCP server, here one that the example starts over stdio.
//   node --experimental-strip-types examples/04-mcp/main.ts      (Node 22.6 or newer)
//   npx tsx examples/04-mcp/main.ts
import { fileURLToPath } from "node:url";
import { connectMcp, runAgent } from "@cachalot/agent";
import type { ChatMessage } from "@cachalot/chat";
import { startEngine } from "@cachalot/engine";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const mcp = await connectMcp({ command: process.execPath, args: [file("server.mjs")] });
const engine = await startEngine(file("../../models/embedded"));
try {
  for (const { definition } of mcp.tools) console.log(`tool      ${definition.function.name}`);
  const messages: ChatMessage[] = [{ role: "user", content: "What is 348 + 1297?" }];
  const run = runAgent(engine, { messages, tools: mcp.tools, temperature: 0, maxTokens: 300, limits: { steps: 4 } });
  for await (const event of run) {
    if (event.type === "message") console.log(`thinking  ${event.message.reasoning_content}`);
    if (event.type === "tool-start") console.log(`call      ${event.call.function.arguments}`);
    if (event.type === "tool-result") console.log(`result    ${event.content}`);
    if (event.type === "end") console.log(`answer    ${event.result.text} (${event.result.stopReason})`);
  }
} finally {
  await engine.close();
  await mcp.close();
}
