import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type Tool as McpTool, ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { AgentError } from "../errors.js";
import { listTools } from "./list-tools.js";
import { createTransport, MAX_MESSAGE_BYTES, type McpCommand, type McpUrl } from "./mcp-server.js";
import { type CallResult, callResult } from "./result-text.js";

/** The longest a call may take however often the server reports progress. */
const MAX_CALL_MS = 30 * 60_000;

interface Live {
  client: Client;
  stderr(): string;
  /** A message of it was not read because of its length. */
  tooLong: boolean;
}

/**
 * A session with an MCP server. One that is lost (the process died, the server forgot the session) is made anew for the
 * next call; the call that was at work fails, as nobody knows whether it had its effect.
 */
export class McpSession {
  readonly where: string;
  #live: Promise<Live> | undefined;
  #closed = false;

  /** @param listed called with the server's tools: at first, after a reconnection, and when the server says they changed */
  constructor(
    private readonly server: McpCommand | McpUrl,
    private readonly timeoutMs: number,
    private readonly listed: (tools: McpTool[]) => void,
  ) {
    this.where = "url" in server ? server.url : server.command;
  }

  /** @throws AgentError `mcp` when the server cannot be reached, or does not speak MCP */
  async connect(): Promise<Client> {
    return (await this.#connection()).client;
  }

  /** @throws AgentError `mcp` with what went wrong, and what becomes of the next call */
  async call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<CallResult> {
    const live = await this.#connection();
    try {
      return await live.client.request({ method: "tools/call", params: { name, arguments: args } }, callResult, {
        // one of its own: the client never takes back its listener
        signal: AbortSignal.any([signal]),
        timeout: this.timeoutMs,
        maxTotalTimeout: MAX_CALL_MS,
        resetTimeoutOnProgress: true,
        // Without it no progress token is sent, and servers have nothing to report progress on.
        onprogress: () => {},
      });
    } catch (error) {
      throw await this.#explained(error, live);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const live = await this.#live?.catch(() => undefined);
    await live?.client.close();
  }

  #connection(): Promise<Live> {
    if (this.#closed) throw new AgentError("mcp", `The connection to ${this.where} is closed; connect again`);
    this.#live ??= this.#open();
    return this.#live;
  }

  async #open(): Promise<Live> {
    const client = new Client({ name: "cachalot", version: "0.1.0" });
    const { transport, stderr } = createTransport(this.server, () => {
      live.tooLong = true;
      void client.close();
    });
    const live: Live = { client, stderr, tooLong: false };
    client.onclose = () => this.#lost();
    client.onerror = ({ message }) => {
      live.tooLong ||= /exceeded maximum size/.test(message);
    };
    try {
      await client.connect(transport, { timeout: this.timeoutMs });
      client.setNotificationHandler(ToolListChangedNotificationSchema, async () => {
        this.listed(await listTools(client, this.timeoutMs));
      });
      this.listed(await listTools(client, this.timeoutMs));
      return live;
    } catch (error) {
      this.#lost();
      await client.close();
      const said = stderr();
      throw new AgentError(
        "mcp",
        `Cannot use the MCP server ${this.where}: ${(error as Error).message}${said && `; it said: ${said}`}; check that it runs and speaks MCP`,
        { cause: error },
      );
    }
  }

  #lost(): void {
    this.#live = undefined;
  }

  async #explained(error: unknown, live: Live): Promise<Error> {
    if (error instanceof z.core.$ZodError) {
      return new AgentError("mcp", `${this.where} gave an answer that is no tool result; tell its authors`);
    }
    const message = error instanceof Error ? error.message : String(error);
    const forgotten = (error as { code?: unknown }).code === 404;
    // A closed connection is noticed before it is told; an HTTP server that restarted does not know the session.
    const gone = live.tooLong || forgotten || /connection closed/i.test(message);
    if (!gone) return error instanceof Error ? error : new Error(message);
    this.#lost();
    await live.client.close().catch(() => {});
    const said = live.stderr();
    const why = live.tooLong
      ? `its answer was longer than ${MAX_MESSAGE_BYTES / 2 ** 20} MiB`
      : "the connection was lost";
    return new AgentError(
      "mcp",
      `${this.where}: ${why}${said && `; it said: ${said}`}; the call may have had effects, and the next one connects again`,
      { cause: error },
    );
  }
}
