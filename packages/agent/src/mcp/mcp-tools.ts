/** The tools of several MCP servers side by side. */

import { clip } from "../tools/clip.js";
import type { Tool } from "../tools/tool.js";
import { connectMcp, type McpConnection } from "./connect-mcp.js";
import { type McpPlan, plannedServers } from "./mcp-plan.js";

export interface McpTools {
  /** All servers' tools as they are now, under names of their own. */
  tools(): Tool[];
  /** What the servers say about their use; empty when none says anything. */
  readonly instructions: string;
  close(): Promise<void>;
}

interface Named {
  name: string;
  connection: McpConnection;
}

/** Instructions of a server that are handed on. */
const INSTRUCTION_CHARACTERS = 8192;

/**
 * Connects to the servers of a plan.
 *
 * @param reserved names of tools that are there already
 * @param changed called when a server's tools changed
 * @throws AgentError `mcp` when one cannot be used; the others are closed then
 */
export async function openMcpTools(plan: McpPlan, reserved: readonly string[], changed: () => void): Promise<McpTools> {
  const connections: Named[] = [];
  const close = async () => {
    await Promise.all(connections.map(({ connection }) => connection.close()));
  };
  try {
    for (const { name, server } of await plannedServers(plan)) {
      const connection = await connectMcp(server, { onToolsChanged: changed });
      connections.push({ name: freeName(name ?? connection.name, connections), connection });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const told = connections.flatMap(({ name, connection: { instructions } }) =>
    instructions ? [`Instructions for the tools of ${name}:\n${clip(instructions, INSTRUCTION_CHARACTERS)}`] : [],
  );
  return { tools: () => distinctTools(connections, reserved), instructions: told.join("\n\n"), close };
}

const nameOf = ({ definition }: Tool): string => definition.function.name;

function freeName(wanted: string, connections: readonly Named[]): string {
  const base = wanted.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, 24) || "mcp";
  let name = base;
  for (let n = 2; connections.some((other) => other.name === name); n++) name = `${base}${n}`;
  return name;
}

/** Servers that share a tool's name, with each other or with a tool of ours, have their own put before all of theirs. */
function distinctTools(connections: readonly Named[], reserved: readonly string[]): Tool[] {
  const owners = new Map<string, number>(reserved.map((name) => [name, 1]));
  for (const { connection } of connections)
    for (const tool of connection.tools) owners.set(nameOf(tool), (owners.get(nameOf(tool)) ?? 0) + 1);
  const taken = new Set(reserved);
  return connections.flatMap(({ name, connection: { tools } }) => {
    const shared = tools.some((tool) => owners.get(nameOf(tool))! > 1);
    return tools.map((tool) => (shared ? renamed(tool, `${name}_${nameOf(tool)}`, taken) : tool));
  });
}

function renamed(tool: Tool, wanted: string, taken: Set<string>): Tool {
  let name = wanted.slice(0, 64);
  for (let n = 2; taken.has(name); n++) name = `${wanted.slice(0, 60)}_${n}`;
  taken.add(name);
  return { ...tool, definition: { ...tool.definition, function: { ...tool.definition.function, name } } };
}
