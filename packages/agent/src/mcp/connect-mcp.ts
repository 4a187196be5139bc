import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult, Tool as McpTool } from "@modelcontextprotocol/sdk/types.js";
import { AgentError } from "../errors.js";
import { clip } from "../tools/clip.js";
import type { Tool } from "../tools/tool.js";
import { resultText } from "./result-text.js";

/** A server started as a process of its own, spoken to over its stdin and stdout. It runs with this user's rights. */
export interface McpCommand {
  command: string;
  args?: string[];
  /** Added to a few harmless variables (PATH, HOME, ...); nothing else of the environment is handed on. */
  env?: Record<string, string>;
  cwd?: string;
}

/** A server reached by streamable HTTP. */
export interface McpUrl {
  url: string;
  headers?: Record<string, string>;
}

export interface McpOptions {
  /** Put before the names of tools, so that those of two servers do not clash. Default: none. */
  prefix?: string;
  /** Time for the handshake and for each call in milliseconds. Default 60,000. */
  timeoutMs?: number;
  /** Results longer than this lose their middle. In characters; default 32,768. */
  maxResultCharacters?: number;
}

export interface McpConnection {
  /** The server's tools as they were when the connection was made. */
  readonly tools: readonly Tool[];
  /** What the server says about its use. */
  readonly instructions: string | undefined;
  close(): Promise<void>;
}

/**
 * Connects to an MCP server and takes its tools. A tool's failure is an error result the model reads; images and sound
 * become notes, as the model reads text.
 *
 * @throws AgentError `mcp` when the server cannot be reached, does not speak MCP, or has two tools of one name
 */
export async function connectMcp(server: McpCommand | McpUrl, options: McpOptions = {}): Promise<McpConnection> {
  const { prefix = "", timeoutMs = 60_000, maxResultCharacters = 32_768 } = options;
  const client = new Client({ name: "cachalot", version: "0.1.0" });
  const where = "url" in server ? server.url : server.command;
  const { transport, said } = open(server);
  try {
    await client.connect(transport, { timeout: timeoutMs });
    const described = await listTools(client, timeoutMs);
    const toTool = (mcpTool: McpTool): Tool => ({
      definition: definitionOf(mcpTool, prefix),
      concurrent: mcpTool.annotations?.readOnlyHint === true,
      async execute(args, { signal }) {
        const result = await client.callTool({ name: mcpTool.name, arguments: args }, undefined, {
          // one of its own: the client never takes back its listener
          signal: AbortSignal.any([signal]),
          timeout: timeoutMs,
          resetTimeoutOnProgress: true,
        });
        const text = clip(resultText(result as CallToolResult), maxResultCharacters);
        if (result.isError) throw new AgentError("mcp", text);
        return text;
      },
    });
    const tools = described.map(toTool);
    refuseTwins(tools, where);
    return { tools, instructions: client.getInstructions(), close: () => client.close() };
  } catch (error) {
    await client.close();
    if (error instanceof AgentError) throw error;
    const output = said();
    throw new AgentError(
      "mcp",
      `Cannot use the MCP server ${where}: ${(error as Error).message}${output && `; it said: ${output}`}; check that it runs and speaks MCP`,
      { cause: error },
    );
  }
}

function open(server: McpCommand | McpUrl): { transport: Transport; said(): string } {
  if ("url" in server) {
    const { headers = {} } = server;
    const transport = new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } });
    return { transport: transport as Transport, said: () => "" };
  }
  const transport = new StdioClientTransport({ ...server, stderr: "pipe" });
  let text = "";
  transport.stderr?.on("data", (data: Buffer) => {
    text = (text + data.toString()).slice(-1000);
  });
  return { transport, said: () => text.trim() };
}

/** Every page of the list. */
async function listTools(client: Client, timeout: number): Promise<McpTool[]> {
  if (!client.getServerCapabilities()?.tools) return [];
  const tools: McpTool[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout });
    tools.push(...page.tools);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return tools;
}

function definitionOf({ name, description, inputSchema }: McpTool, prefix: string): Tool["definition"] {
  const { $schema: _, ...parameters } = inputSchema;
  return {
    type: "function",
    function: {
      name: `${prefix}${name}`.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64),
      ...(description === undefined ? {} : { description }),
      parameters,
    },
  };
}

function refuseTwins(tools: readonly Tool[], where: string): void {
  const names = tools.map(({ definition }) => definition.function.name);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined)
    throw new AgentError("mcp", `${where} has two tools that would both be called ${twin}; rename one`);
}
