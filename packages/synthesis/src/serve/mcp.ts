/** MCP server over streamable HTTP: every session is an episode, its tools are the task's. The verifier is no tool. */

import { randomUUID } from "node:crypto";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { TaskFolder } from "../task.js";
import { Episode } from "./episode.js";

/** Sessions at once: each may hold a sandbox. The oldest goes. */
const MOST_SESSIONS = 32;

interface Session {
  transport: WebStandardStreamableHTTPServerTransport;
  close(): Promise<void>;
}

/** Answers requests to /mcp. */
export class McpSessions {
  readonly #sessions = new Map<string, Session>();

  constructor(private readonly task: TaskFolder) {}

  async answer(request: Request): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    const known = id === null ? undefined : this.#sessions.get(id);
    if (known) return known.transport.handleRequest(request);
    if (id !== null)
      return Response.json(
        { jsonrpc: "2.0", id: null, error: { code: -32001, message: "no such session" } },
        { status: 404 },
      );
    return (await this.#open()).handleRequest(request);
  }

  async close(): Promise<void> {
    const all = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(all.map((session) => session.close()));
  }

  async #open(): Promise<WebStandardStreamableHTTPServerTransport> {
    const episode = await Episode.open(this.task, randomUUID());
    const server = new Server(
      { name: this.task.name, version: "1.0.0" },
      { capabilities: { tools: {} }, instructions: this.task.instruction },
    );
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: episode.tools.map(({ function: { name, description, parameters } }) => ({
        ...{ name, inputSchema: parameters as { type: "object" } },
        ...(description === undefined ? {} : { description }),
      })),
    }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
      const { text, failed } = await episode.call(params.name, params.arguments ?? {});
      const judged = episode.done ? { _meta: { reward: episode.reward } } : {};
      return { content: [{ type: "text", text }], isError: failed, ...judged };
    });
    const close = async () => {
      await episode.close();
      await server.close();
    };
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: true,
      onsessioninitialized: (id) => void this.#sessions.set(id, { transport, close }),
      onsessionclosed: async (id) => {
        this.#sessions.delete(id);
        await episode.close();
      },
    });
    await server.connect(transport);
    const [oldest] = this.#sessions;
    if (oldest && this.#sessions.size >= MOST_SESSIONS) {
      this.#sessions.delete(oldest[0]);
      await oldest[1].close();
    }
    return transport;
  }
}
