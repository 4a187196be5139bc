import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Tool as McpTool } from "@modelcontextprotocol/sdk/types.js";
import { AgentError } from "../errors.js";

const MAX_PAGES = 1000;
const MAX_TOOLS = 10_000;

/**
 * Every page of a server's list of tools.
 * @throws AgentError `mcp` for a list without an end
 */
export async function listTools(client: Client, timeoutMs: number): Promise<McpTool[]> {
  if (!client.getServerCapabilities()?.tools) return [];
  const tools: McpTool[] = [];
  const cursors = new Set<string>();
  const deadline = Date.now() + timeoutMs;
  let cursor: string | undefined;
  for (;;) {
    const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: timeoutMs });
    tools.push(...page.tools);
    cursor = page.nextCursor;
    if (cursor === undefined) return tools;
    const endless = cursors.has(cursor) || cursors.size >= MAX_PAGES || tools.length > MAX_TOOLS;
    if (endless)
      throw new AgentError("mcp", `its list of tools has no end (${tools.length} tools in ${cursors.size + 1} pages)`);
    if (Date.now() > deadline) throw new AgentError("mcp", `its list of tools took more than ${timeoutMs} ms`);
    cursors.add(cursor);
  }
}
