/** MCP servers as a run is asked for them: data without secrets, which are named and stay in the environment. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { AgentError } from "../errors.js";
import type { McpCommand, McpUrl } from "./mcp-server.js";

export interface McpPlan {
  /** Command lines, http(s) URLs, or paths of JSON files with `mcpServers`, as other programs have them. */
  servers: readonly string[];
  /** Names of environment variables that servers which are processes get. */
  env?: readonly string[];
  /** `Name: value`, for servers which are URLs. */
  headers?: readonly string[];
  /** Directory the processes are started in. Default: this process's. */
  cwd?: string;
}

/** A server, and what to call it: undefined where it says so itself. */
export interface PlannedServer {
  name: string | undefined;
  server: McpCommand | McpUrl;
}

const entry = z.union([
  z.object({
    command: z.string(),
    args: z.array(z.string()).optional(),
    env: z.record(z.string(), z.string()).optional(),
  }),
  z.object({ url: z.string(), headers: z.record(z.string(), z.string()).optional() }),
]);
const configFile = z.object({ mcpServers: z.record(z.string(), entry) });

/** `$NAME` and `${NAME}` in text are the environment's. @throws AgentError `mcp` for one that is not set */
function expanded(text: string): string {
  return text.replace(/\$\{([A-Za-z_]\w*)\}|\$([A-Z_][A-Z0-9_]*)/g, (_, braced, bare) => {
    const name = (braced ?? bare) as string;
    const value = process.env[name];
    if (value === undefined)
      throw new AgentError("mcp", `The environment variable ${name} is not set; an MCP server needs it`);
    return value;
  });
}

const expandedValues = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, expanded(value)]));

/** A command line as words; quotes keep spaces. */
const words = (line: string): string[] =>
  [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));

function headersOf(lines: readonly string[]): Record<string, string> {
  const pairs = lines.map((line) => {
    const at = line.indexOf(":");
    if (at < 1) throw new AgentError("mcp", `${JSON.stringify(line)} is no header; write it as "Name: value"`);
    return [line.slice(0, at).trim(), expanded(line.slice(at + 1).trim())] as const;
  });
  return Object.fromEntries(pairs);
}

/**
 * The servers of a plan, with the values of the variables it names.
 * @throws AgentError `mcp` for a variable that is not set, or a file that is none
 */
export async function plannedServers({ servers, env = [], headers = [], cwd }: McpPlan): Promise<PlannedServer[]> {
  const handed = expandedValues(Object.fromEntries(env.map((name) => [name, `\${${name}}`])));
  const place = cwd === undefined ? {} : { cwd };
  const found = await Promise.all(
    servers.map(async (server): Promise<PlannedServer[]> => {
      if (/^https?:/.test(server)) return [{ name: undefined, server: { url: server, headers: headersOf(headers) } }];
      if (server.endsWith(".json")) return fromFile(resolve(cwd ?? ".", server), place);
      const [command = "", ...args] = words(server).map(expanded);
      return [{ name: undefined, server: { command, args, env: handed, ...place } }];
    }),
  );
  return found.flat();
}

async function fromFile(path: string, place: { cwd?: string }): Promise<PlannedServer[]> {
  const parsed = await readFile(path, "utf8")
    .then((text) => configFile.parse(JSON.parse(text)))
    .catch((error: Error) => {
      const [reason] = error.message.split("\n");
      throw new AgentError(
        "mcp",
        `${path} names no MCP servers (${reason}); write {"mcpServers": {"name": {"command": …}}}`,
      );
    });
  return Object.entries(parsed.mcpServers).map(([name, server]) => {
    if ("url" in server)
      return { name, server: { url: expanded(server.url), headers: expandedValues(server.headers ?? {}) } };
    const { command, args = [], env = {} } = server;
    return {
      name,
      server: { command: expanded(command), args: args.map(expanded), env: expandedValues(env), ...place },
    };
  });
}
