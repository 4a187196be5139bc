import { wellFormed } from "@cachalot/chat";
import type { Tool as McpTool } from "@modelcontextprotocol/sdk/types.js";
import { AgentError } from "../errors.js";
import { clip } from "../tools/clip.js";
import type { Tool } from "../tools/tool.js";
import type { McpCommand, McpUrl } from "./mcp-server.js";
import { McpSession } from "./mcp-session.js";
import { resultText } from "./result-text.js";

export interface McpOptions {
  /** Put before the names of tools, so that those of two servers do not clash. Default: none. */
  prefix?: string;
  /** Time for the handshake, and for each call without a word of progress, in milliseconds. Default 60,000. */
  timeoutMs?: number;
  /** Results longer than this lose their middle. In characters; default 32,768. */
  maxResultCharacters?: number;
  /** Called when the server's tools are others than before. */
  onToolsChanged?: () => void;
}

export interface McpConnection {
  /** The server's tools as they are now: it may say that they changed. */
  readonly tools: readonly Tool[];
  /** What the server calls itself. */
  readonly name: string;
  /** What the server says about its use. */
  readonly instructions: string | undefined;
  close(): Promise<void>;
}

/**
 * Connects to an MCP server and takes its tools. A tool's failure is an error result the model reads; images and sound
 * become notes, as the model reads text. A server that died is started again for the next call.
 *
 * @throws AgentError `mcp` when the server cannot be reached, or does not speak MCP
 */
export async function connectMcp(server: McpCommand | McpUrl, options: McpOptions = {}): Promise<McpConnection> {
  const { prefix = "", timeoutMs = 60_000, maxResultCharacters = 32_768, onToolsChanged = () => {} } = options;
  let tools: readonly Tool[] = [];
  let known = "";
  const session = new McpSession(server, timeoutMs, (described) => {
    const now = JSON.stringify(described);
    if (now === known) return;
    const first = known === "";
    known = now;
    tools = toolsOf(wellFormed(described));
    if (!first) onToolsChanged();
  });

  function toolsOf(described: readonly McpTool[]): Tool[] {
    const names = new Set<string>();
    return described.map((mcpTool) => ({
      definition: definitionOf(mcpTool, uniqueName(`${prefix}${mcpTool.name}`, names)),
      concurrent: mcpTool.annotations?.readOnlyHint === true,
      async execute(args, { signal }) {
        const result = await session.call(mcpTool.name, args, signal);
        const text = clip(resultText(result).toWellFormed(), maxResultCharacters);
        if (result.isError) throw new AgentError("mcp", text);
        return text;
      },
    }));
  }

  const client = await session.connect();
  return {
    get tools() {
      return tools;
    },
    name: client.getServerVersion()?.name ?? session.where,
    instructions: client.getInstructions()?.toWellFormed(),
    close: () => session.close(),
  };
}

/** A name models may call, other than those there are: servers may have "a.b" beside "a_b". */
function uniqueName(wanted: string, taken: Set<string>): string {
  const base = wanted.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "_";
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base.slice(0, 60)}_${n}`;
  taken.add(name);
  return name;
}

function definitionOf({ description, inputSchema }: McpTool, name: string): Tool["definition"] {
  const { $schema: _, ...parameters } = inputSchema;
  return {
    type: "function",
    function: { name, ...(description === undefined ? {} : { description }), parameters },
  };
}
