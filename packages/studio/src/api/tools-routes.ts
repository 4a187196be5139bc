/** Tools the server runs for a conversation, once the person allowed the call. */

import type { Tool } from "@cachalot/agent";
import { ApiError, type Route, readBody } from "@cachalot/server";
import * as z from "zod";

const bodySchema = z.object({
  arguments: z.string().max(1_000_000).describe("the call's JSON, as the model wrote it"),
});

/** Only what cannot touch the machine. Loaded when first asked for: the agent is large. */
async function openTools(): Promise<readonly Tool[]> {
  const { calculatorTool } = await import("@cachalot/agent");
  return [calculatorTool];
}

async function run(name: string, text: string, signal: AbortSignal): Promise<{ content: string; isError: boolean }> {
  const { prepareCall, executeCall } = await import("@cachalot/agent");
  const tools = await openTools();
  if (!tools.some(({ definition }) => definition.function.name === name))
    throw new ApiError(404, `The server has no tool ${name.slice(0, 100)}; give the result yourself`, {
      code: "unknown_tool",
    });
  const prepared = prepareCall(tools, { function: { name, arguments: text } });
  if ("problem" in prepared) return { content: `Error: ${prepared.problem}`, isError: true };
  const { content, isError } = await executeCall(prepared.tool, prepared.args, {
    signal,
    callId: "studio",
    idempotencyKey: crypto.randomUUID(),
  });
  return { content, isError };
}

/** @param offered whether the model knows tools; else none are listed */
export function toolsRoutes(offered = true): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/studio/api/tools",
      summary: "Tools the server runs",
      response: z.object({ tools: z.array(z.looseObject({ type: z.literal("function") })) }),
      handle: async (c) => c.json({ tools: (offered ? await openTools() : []).map(({ definition }) => definition) }),
    },
    {
      method: "POST",
      path: "/studio/api/tools/:name",
      summary: "Run a call that was allowed",
      body: bodySchema,
      response: z.object({ content: z.string(), isError: z.boolean() }),
      async handle(c, app) {
        const { arguments: text } = await readBody(c, app, bodySchema);
        return c.json(await run(c.req.param("name") ?? "", text, c.req.raw.signal));
      },
    },
  ];
}
