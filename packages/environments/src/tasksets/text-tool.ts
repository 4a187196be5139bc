/** Tools of tasksets: arguments are short texts, results as well, and a slip is answered in words the policy can act on. */

import type { Tool } from "@cachalot/agent";
import type { AssistantMessage, ThinkingMode, ToolDefinition } from "@cachalot/chat";

/** A tool of which every argument is one short text. It is described once, and served anew by every environment. */
export interface TextTool<Field extends string> {
  readonly definition: ToolDefinition;
  /** @param execute gets every argument, trimmed; what it returns is what the policy reads */
  serve(execute: (args: Record<Field, string>) => string): Tool;
  /** An assistant's message that calls it. */
  call(mode: ThinkingMode, reasoning: string, args: Record<Field, string>): AssistantMessage;
}

/** The schema is short, since a small policy reads it before every task: all fields are required, and a call without one is told so. */
export function textTool<Field extends string>(
  name: string,
  description: string,
  fields: readonly Field[],
): TextTool<Field> {
  const properties = Object.fromEntries(fields.map((field) => [field, { type: "string" }]));
  const definition: ToolDefinition = {
    type: "function",
    function: { name, description, parameters: { type: "object", properties } },
  };
  return {
    definition,
    serve: (execute) => ({
      definition,
      execute(args) {
        const wrong = fields.find((field) => !isText(args[field]));
        if (wrong !== undefined) return `Error: ${wrong} is missing; give ${fields.join(", ")}`;
        const texts = fields.map((field) => [field, `${args[field]}`.trim()]);
        return execute(Object.fromEntries(texts) as Record<Field, string>);
      },
    }),
    call: (mode, reasoning, args) => ({
      ...answering(mode, reasoning, ""),
      tool_calls: [{ type: "function", function: { name, arguments: JSON.stringify(args) } }],
    }),
  };
}

/** An assistant's message; in chat mode it shows no reasoning. */
export function answering(mode: ThinkingMode, reasoning: string, content: string): AssistantMessage {
  return { role: "assistant", content, ...(mode === "thinking" ? { reasoning_content: reasoning } : {}) };
}

/** A number is fine where its digits are meant. */
function isText(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
