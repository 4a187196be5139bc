import { type ToolCall, wellFormed } from "@cachalot/chat";
import type { Tool, ToolContext } from "../tools/tool.js";
import type { ToolOutcome } from "./events.js";
import { parseObject } from "./parse-object.js";

/** A call whose tool and arguments are known, or why they are not. */
export type PreparedCall =
  | { call: ToolCall; tool: Tool; args: Record<string, unknown> }
  | { call: ToolCall; problem: string };

/** Finds the tool and reads the arguments. Whatever is wrong becomes text the model can act on. */
export function prepareCall(tools: readonly Tool[], call: ToolCall): PreparedCall {
  const { name, arguments: text } = call.function;
  const tool = tools.find(({ definition }) => definition.function.name === name);
  if (!tool) {
    const names = tools.map(({ definition }) => definition.function.name).join(", ");
    return { call, problem: `there is no tool ${name}; there are ${names || "none"}` };
  }
  const args = parseObject(text);
  return args === undefined ? { call, problem: "the arguments are no JSON object; send one" } : { call, tool, args };
}

export const errorOutcome = (message: string, startedAt = Date.now(), durationMs = 0): ToolOutcome => ({
  content: wellFormed(`Error: ${message}`),
  isError: true,
  startedAt,
  durationMs,
});

/** Runs a call. It never throws; when the signal aborts it does not wait for a tool that goes on. */
export async function executeCall(
  tool: Tool,
  args: Record<string, unknown>,
  context: ToolContext,
): Promise<ToolOutcome> {
  const startedAt = Date.now();
  const started = performance.now();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new Error("the run was stopped while this call was at work; it may have had effects"));
    context.signal.addEventListener("abort", abort, { once: true });
  });
  try {
    if (context.signal.aborted) return errorOutcome("the run was stopped before this call; it was not run");
    const content = await Promise.race([(async () => tool.execute(args, context))(), aborted]);
    return { content: wellFormed(content), isError: false, startedAt, durationMs: performance.now() - started };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return errorOutcome(message, startedAt, performance.now() - started);
  } finally {
    context.signal.removeEventListener("abort", abort);
  }
}
