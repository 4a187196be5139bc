/** MCP servers of an evaluation, from the user's `mcpServers` file: tasks name them, and cannot start anything themselves. */

import { readFile } from "node:fs/promises";
import { connectMcp, type McpConnection, type Tool } from "@cachalot/agent";
import type { Environment } from "@cachalot/environments";
import * as z from "zod";
import { EvalsError } from "../errors.js";

const fileSchema = z.object({
  mcpServers: z.record(
    z.string(),
    z.union([
      z.object({
        command: z.string(),
        args: z.array(z.string()).optional(),
        env: z.record(z.string(), z.string()).optional(),
        cwd: z.string().optional(),
      }),
      z.object({ url: z.url(), headers: z.record(z.string(), z.string()).optional() }),
    ]),
  ),
});

export type Servers = z.infer<typeof fileSchema>["mcpServers"];

/** @throws EvalsError `missing_data` or `bad_data` */
export async function readServers(path: string | undefined): Promise<Servers> {
  const form = '{"mcpServers": {"NAME": {"command": "...", "args": [...]}}}';
  if (path === undefined)
    throw new EvalsError("missing_data", `tasks name MCP servers: pass --environments FILE with ${form}`);
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new EvalsError(
      "missing_data",
      `cannot read ${path}: ${error.message}; pass --environments FILE with ${form}`,
    );
  });
  try {
    return fileSchema.parse(JSON.parse(text)).mcpServers;
  } catch (error) {
    throw new EvalsError(
      "bad_data",
      `${path} does not fit: ${(error as Error).message.slice(0, 300)}; expected ${form}`,
    );
  }
}

/** Tools of several servers at once; where there are several, each tool's name begins with its server's. */
export async function openServers(servers: Servers): Promise<Environment> {
  const named = Object.entries(servers);
  const open: McpConnection[] = [];
  const close = async () => void (await Promise.allSettled(open.map((connection) => connection.close())));
  try {
    for (const [name, server] of named)
      open.push(
        await connectMcp(server as Parameters<typeof connectMcp>[0], named.length > 1 ? { prefix: `${name}_` } : {}),
      );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    get tools(): readonly Tool[] {
      return open.flatMap(({ tools }) => tools);
    },
    close,
  };
}
