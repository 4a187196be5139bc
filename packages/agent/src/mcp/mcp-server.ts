import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

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

/** Longest message that is read from a server. */
export const MAX_MESSAGE_BYTES = 16 * 2 ** 20;

export interface McpTransport {
  transport: Transport;
  /** The end of what the server wrote to its standard error. */
  stderr(): string;
}

/**
 * @param tooLong called when a message is not read because of its length, where the connection does not end by itself
 * @returns a transport that is not started
 */
export function createTransport(server: McpCommand | McpUrl, tooLong: (error: Error) => void): McpTransport {
  if ("url" in server) {
    const { headers = {} } = server;
    const transport = new StreamableHTTPClientTransport(new URL(server.url), {
      requestInit: { headers },
      fetch: async (url, init) => boundedLines(await fetch(url, init), tooLong),
    });
    return { transport: transport as Transport, stderr: () => "" };
  }
  const transport = new StdioClientTransport({ ...server, stderr: "pipe", maxBufferSize: MAX_MESSAGE_BYTES });
  let text = "";
  transport.stderr?.on("data", (data: Buffer) => {
    text = (text + data.toString()).slice(-1000);
  });
  return { transport, stderr: () => text.trim() };
}

/** The response, whose body breaks off when a line of it is too long. Event streams as a whole may be of any length. */
function boundedLines(response: Response, tooLong: (error: Error) => void): Response {
  if (response.body === null) return response;
  let length = 0;
  const bounded = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const newline = chunk.lastIndexOf(10);
        length = newline < 0 ? length + chunk.length : chunk.length - newline - 1;
        if (length <= MAX_MESSAGE_BYTES) return controller.enqueue(chunk);
        const error = new Error(`a message exceeded ${MAX_MESSAGE_BYTES} bytes`);
        controller.error(error);
        tooLong(error);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(bounded, { status, statusText, headers });
}
