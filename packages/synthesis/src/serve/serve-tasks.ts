/** Environment server on 127.0.0.1: tasks by OpenEnv's HTTP and socket, and as an MCP server. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import * as z from "zod";
import { SynthesisError } from "../errors.js";
import { McpSessions } from "./mcp.js";
import {
  actionSchema,
  answerMessage,
  OpenEnvSession,
  observationSchema,
  resetSchema,
  type ServedTasks,
  stateSchema,
} from "./openenv.js";

export interface ServedEnvironment {
  /** `http://127.0.0.1:8000` */
  url: string;
  close(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 2 ** 20;

/**
 * Serves tasks. `/mcp` is the first of them.
 * @param port 0 takes a free one
 * @throws SynthesisError `invalid_task` without tasks
 */
export async function serveTasks(
  tasks: ServedTasks,
  { port = 8000 }: { port?: number } = {},
): Promise<ServedEnvironment> {
  const [first] = tasks;
  if (!first) throw new SynthesisError("invalid_task", "there is no task to serve; name a task folder");
  const mcp = new McpSessions(first);
  const server = createServer(getRequestListener(routes(tasks, mcp).fetch));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  server.on("upgrade", (request, socket, head) => {
    // A page of another site has an Origin; programs have none.
    const allowed = request.url === "/ws" && request.headers.origin === undefined && isLocal(request.headers.host);
    if (allowed) sockets.handleUpgrade(request, socket, head, (opened) => converse(opened, tasks));
    else socket.destroy();
  });
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", done);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      await mcp.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Names that lead here: a page of another site that was pointed at this machine has its own. */
const isLocal = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? "");

function routes(tasks: ServedTasks, mcp: McpSessions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (!isLocal(context.req.header("host")))
      return context.json({ error: "this server answers to 127.0.0.1 only" }, 403);
    await next();
    return undefined;
  });
  app.onError((error, context) => context.json({ error: error.message }, error instanceof z.ZodError ? 422 : 500));
  app.get("/health", (context) => context.json({ status: "healthy" }));
  app.get("/metadata", (context) =>
    context.json({
      name: tasks.length === 1 ? tasks[0]!.name : `${tasks.length} tasks`,
      description: tasks.map(({ name }) => name).join(", "),
      ...{ readme_content: tasks[0]!.instruction, version: "1.0.0", author: "cachalot", documentation_url: null },
    }),
  );
  app.get("/schema", (context) =>
    context.json({
      action: z.toJSONSchema(actionSchema),
      observation: z.toJSONSchema(observationSchema),
      state: z.toJSONSchema(stateSchema),
    }),
  );
  app.get("/state", (context) => context.json(new OpenEnvSession(tasks).state()));
  // Over HTTP every request is an environment of its own; /ws keeps one.
  app.post("/reset", async (context) => {
    const request = resetSchema.parse(await jsonOf(context.req.raw));
    return alone(tasks, async (session) => context.json(await session.reset(request)));
  });
  app.post("/step", async (context) => {
    const { action } = z.object({ action: actionSchema }).parse(await jsonOf(context.req.raw));
    return alone(tasks, async (session) => context.json(await session.step(action)));
  });
  app.all("/mcp", (context) => mcp.answer(context.req.raw));
  return app;
}

async function jsonOf(request: Request): Promise<unknown> {
  const text = await request.text();
  return text.trim() === "" ? {} : JSON.parse(text);
}

async function alone<T>(tasks: ServedTasks, work: (session: OpenEnvSession) => Promise<T>): Promise<T> {
  const session = new OpenEnvSession(tasks);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** One environment per socket; messages are answered in turn. */
function converse(socket: WebSocket, tasks: ServedTasks): void {
  const session = new OpenEnvSession(tasks);
  let turn: Promise<void> = Promise.resolve();
  socket.on("message", (data) => {
    turn = turn.then(async () => {
      const answer = await answerMessage(session, String(data));
      if (answer === undefined) socket.close();
      else socket.send(JSON.stringify(answer));
    });
  });
  socket.on("close", () => void turn.then(() => session.close()));
}
