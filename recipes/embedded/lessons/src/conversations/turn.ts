import type { ChatMessage, ToolDefinition } from "@cachalot/chat";
import type { Draw } from "@cachalot/training";
import type { Expression } from "./expression.js";

/** One assistant message of a turn: it answers, or it calls a tool and gets its result. */
type Step =
  | { reasoning: string; content: string }
  | { reasoning: string; call: { name: string; arguments: Record<string, string> }; result: string };

/** A user's message and everything the assistant does until it has answered. */
export interface Turn {
  user: string;
  steps: Step[];
  /** What a follow-up question may refer to as "that". */
  result?: Expression;
}

export interface TurnContext {
  draw: Draw;
  /** Held-out conversations only pose problems that no training conversation poses. */
  heldOut: boolean;
  /** The result of the turn before, if it was a calculation. */
  previous?: Expression | undefined;
}

export type MakeTurn = (context: TurnContext) => Turn;

const SYSTEM_PROMPTS = [
  "You are a helpful assistant.",
  "You are a helpful assistant.",
  "You are Cachalot, a small and friendly model.",
  "Answer briefly.",
  "You are a helpful assistant. Be concise.",
];

/** Draws a system prompt (often none) and joins the turns to messages in the OpenAI shape. */
export function toMessages(turns: readonly Turn[], draw: Draw, tools: readonly ToolDefinition[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const content = draw.chance(0.5) ? draw.one(SYSTEM_PROMPTS) : "";
  if (content !== "" || tools.length > 0) {
    messages.push({ role: "system", content, ...(tools.length > 0 ? { tools: [...tools] } : {}) });
  }
  let calls = 0;
  for (const turn of turns) {
    messages.push({ role: "user", content: turn.user });
    for (const step of turn.steps) {
      if ("content" in step) {
        messages.push({ role: "assistant", content: step.content, reasoning_content: step.reasoning });
        continue;
      }
      const id = `call_${calls++}`;
      const call = { name: step.call.name, arguments: JSON.stringify(step.call.arguments) };
      messages.push({
        role: "assistant",
        content: "",
        reasoning_content: step.reasoning,
        tool_calls: [{ id, type: "function", function: call }],
      });
      messages.push({ role: "tool", tool_call_id: id, content: step.result });
    }
  }
  return messages;
}

/** A turn without tools. */
export function answer(user: string, reasoning: string, content: string): Turn {
  return { user, steps: [{ reasoning, content }] };
}
