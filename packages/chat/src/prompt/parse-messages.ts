/** Untrusted JSON -> chat messages and tool definitions, at the boundary of an API. */

import * as z from "zod";
import { ChatError } from "../errors.js";
import { arrayOf } from "../json/array-of.js";
import { formatPythonJson } from "../json/python-json.js";
import type { ChatMessage, ToolCall, ToolDefinition } from "../messages.js";

const plainObject = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);

const textPart = z.looseObject({ type: z.literal("text", "only text parts are supported"), text: z.string() });
const content = z.union([z.string(), arrayOf(textPart)], {
  error: "expected a string or an array of text parts",
});
const optionalContent = content.nullish();

const toolSchema = z.looseObject({
  type: z.literal("function", "only function tools are supported"),
  function: z.looseObject({
    name: z.string().min(1, "expected a name"),
    description: z.string().nullish(),
    parameters: plainObject.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const toolCallSchema = z.looseObject({
  id: z.string().nullish(),
  type: z.literal("function", "only function calls are supported").nullish(),
  function: z.looseObject({
    name: z.string().min(1, "expected a name"),
    arguments: z.union([z.string(), plainObject], { error: "expected a JSON string" }),
  }),
});

const instructions = {
  content: optionalContent,
  tools: arrayOf(toolSchema).nullish(),
  response_format: plainObject.nullish(),
};

const messageSchema = z.discriminatedUnion(
  "role",
  [
    z.looseObject({ role: z.literal("system"), ...instructions }),
    z.looseObject({ role: z.literal("developer"), ...instructions }),
    z.looseObject({ role: z.literal("user"), content }),
    z.looseObject({
      role: z.literal("assistant"),
      content: optionalContent,
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
      tool_calls: arrayOf(toolCallSchema).nullish(),
    }),
    z.looseObject({ role: z.literal("tool"), content: optionalContent, tool_call_id: z.string().nullish() }),
  ],
  { error: "expected a role: system, developer, user, assistant or tool" },
);

type Issue = z.core.$ZodIssue;

/** The most telling issue: inside a union, the one of the branch that got furthest. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const nested = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .map((inner) => deepest({ ...inner, path: [...issue.path, ...inner.path] }))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return nested !== undefined && nested.path.length > issue.path.length ? nested : issue;
}

function fieldName(root: string, path: readonly PropertyKey[]): string {
  return root + path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
}

function validate<T>(schema: z.ZodType<T>, value: unknown, root: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const issue = first && deepest(first);
  const param = fieldName(root, issue?.path ?? []);
  throw new ChatError("invalid_message", `${param}: ${issue?.message ?? "invalid"}; fix this field`, param);
}

function joined(value: z.infer<typeof optionalContent>): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : value.map((part) => part.text).join("");
}

/** `raw` is what zod checked: it reorders keys. */
function toToolCall(call: z.infer<typeof toolCallSchema>, raw: unknown): ToolCall {
  const given = (raw as { function: { arguments: unknown } }).function.arguments;
  return {
    ...(call.id ? { id: call.id } : {}),
    type: "function",
    function: { name: call.function.name, arguments: typeof given === "string" ? given : formatPythonJson(given) },
  };
}

function toolCalls(calls: readonly z.infer<typeof toolCallSchema>[], message: unknown): ToolCall[] {
  const { tool_calls: raw } = message as { tool_calls: unknown[] };
  return calls.map((call, i) => toToolCall(call, raw[i]));
}

function toMessage(message: z.infer<typeof messageSchema>, raw: unknown): ChatMessage {
  const text = joined(message.content);
  switch (message.role) {
    case "system":
    case "developer": {
      // zod reorders the keys of what it checks; the prompt shows a tool's keys in the order they were sent.
      const { tools, response_format: format } = raw as {
        tools?: ToolDefinition[] | null;
        response_format?: Record<string, unknown> | null;
      };
      return {
        role: message.role,
        content: text ?? "",
        ...(tools ? { tools } : {}),
        ...(format ? { response_format: format } : {}),
      };
    }
    case "user":
      return { role: "user", content: text ?? "" };
    case "assistant": {
      // Some clients send both names, one of them empty.
      const reasoning = message.reasoning_content || message.reasoning;
      return {
        role: "assistant",
        content: text,
        ...(reasoning ? { reasoning_content: reasoning } : {}),
        ...(message.tool_calls?.length ? { tool_calls: toolCalls(message.tool_calls, raw) } : {}),
      };
    }
    case "tool":
      return {
        role: "tool",
        content: text ?? "",
        ...(message.tool_call_id ? { tool_call_id: message.tool_call_id } : {}),
      };
  }
}

/**
 * Checks OpenAI-shaped messages from untrusted JSON. Content may be a string or an array of text parts, which are
 * concatenated. Unknown fields are left out; `reasoning`, another name for `reasoning_content`, is understood.
 * Arguments given as text are not parsed here: `encodeMessages` does. Given as an object they become the text Python has.
 *
 * @param root how errors name `value`
 * @throws ChatError `invalid_message` with `param` naming the field, such as `messages[2].role`.
 */
export function parseMessages(value: unknown, root = "messages"): ChatMessage[] {
  const messages = validate(arrayOf(messageSchema), value, root);
  const raw = value as unknown[];
  return messages.map((message, i) => toMessage(message, raw[i]));
}

/**
 * Checks OpenAI-shaped tool definitions from untrusted JSON and returns them as they came, extra fields included: the
 * prompt shows them to the model.
 *
 * @param root how errors name `value`
 * @throws ChatError `invalid_message` with `param` naming the field, such as `tools[0].function.name`.
 */
export function parseTools(value: unknown, root = "tools"): ToolDefinition[] {
  validate(arrayOf(toolSchema), value, root);
  return value as ToolDefinition[];
}
