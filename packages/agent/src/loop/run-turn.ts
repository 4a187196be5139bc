import {
  type ChatEvent,
  type ChatMessage,
  type ChatModel,
  collectMessage,
  type GenerateRequest,
  type ToolCall,
} from "@cachalot/chat";
import type { Tool } from "../tools/tool.js";

/** What happens in a turn: the model's own events, and the results of its calls. */
export type TurnEvent = ChatEvent | { type: "tool-result"; call: ToolCall; content: string };

export interface TurnOptions extends Omit<GenerateRequest, "messages" | "tools"> {
  /** Model calls at most in one turn. Default 16. */
  maxSteps?: number;
}

/**
 * One turn of a conversation: lets the model answer, runs the tools it calls, in order, and goes on until it answers
 * without a call. Every message, with its reasoning, is appended to `messages`, so that the next turn can be run on it.
 * Calls of a message cut off by its length are not run.
 */
export async function* runTurn(
  model: ChatModel,
  messages: ChatMessage[],
  tools: readonly Tool[],
  { maxSteps = 16, ...request }: TurnOptions = {},
): AsyncGenerator<TurnEvent, void, undefined> {
  const definitions = tools.map(({ definition }) => definition);
  for (let step = 0; step < maxSteps; step++) {
    const events: ChatEvent[] = [];
    for await (const event of model.generate({ ...request, messages, tools: definitions })) {
      events.push(event);
      yield event;
    }
    const { message, finishReason } = await collectMessage(replay(events));
    messages.push(message);
    if (finishReason !== "tool_calls") return;
    for (const call of message.tool_calls ?? []) {
      const content = await execute(tools, call);
      messages.push({ role: "tool", content, ...(call.id ? { tool_call_id: call.id } : {}) });
      yield { type: "tool-result", call, content };
    }
  }
}

async function* replay(events: readonly ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events;
}

/** Runs one call. Whatever goes wrong becomes text the model can act on. */
async function execute(tools: readonly Tool[], call: ToolCall): Promise<string> {
  const { name, arguments: text } = call.function;
  const tool = tools.find(({ definition }) => definition.function.name === name);
  if (!tool) {
    const names = tools.map(({ definition }) => definition.function.name).join(", ");
    return `Error: there is no tool ${name}; there are ${names || "none"}`;
  }
  let args: unknown;
  try {
    args = JSON.parse(text);
  } catch {
    return "Error: the arguments are not valid JSON";
  }
  if (typeof args !== "object" || args === null || Array.isArray(args))
    return "Error: the arguments are no JSON object";
  try {
    return await tool.execute(args as Record<string, unknown>, {
      signal: new AbortController().signal,
      callId: call.id ?? "",
      idempotencyKey: call.id ?? "",
    });
  } catch (error) {
    return `Error: ${error instanceof Error ? error.message : String(error)}`;
  }
}
