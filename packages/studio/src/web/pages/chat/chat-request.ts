/** A conversation's branch and settings -> the body of a chat request, in OpenAI's shape, and back. */
import type { ChatSettings, Conversation, MessageNode } from "../../../wire/conversation.js";
import { newId } from "./tree.js";

export interface ToolDefinition {
  type: "function";
  function: { name: string; description?: string; parameters?: Record<string, unknown> };
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws Error that says where the JSON is wrong */
export function parseTools(text: string): ToolDefinition[] {
  if (text.trim() === "") return [];
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new Error("[ … ]");
  for (const [i, tool] of value.entries()) {
    const definition =
      isObject(tool) && tool.type === "function" && isObject(tool.function) ? tool.function : undefined;
    if (typeof definition?.name !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(definition.name))
      throw new Error(`[${i}]: {"type": "function", "function": {"name": "…", "parameters": {…}}}`);
  }
  return value as ToolDefinition[];
}

/** What the model reads of a branch. Answers that never began are left out. */
function requestMessages(path: readonly MessageNode[], system: string): Json[] {
  const said = path
    .map(({ message }) => message)
    .filter(
      ({ role, content, reasoning_content, tool_calls }) =>
        role !== "assistant" || content || reasoning_content || tool_calls?.length,
    );
  return [...(system.trim() === "" ? [] : [{ role: "system", content: system }]), ...said];
}

/** @param known definitions of the tools the server runs */
export function chatRequest(
  path: readonly MessageNode[],
  settings: ChatSettings,
  known: readonly ToolDefinition[],
): Json {
  const { system, serverTools, thinking, temperature, topP, maxTokens, seed } = settings;
  const tools = [
    ...known.filter(({ function: { name } }) => serverTools.includes(name)),
    ...parseTools(settings.tools),
  ];
  return {
    messages: requestMessages(path, system),
    ...(tools.length > 0 ? { tools } : {}),
    thinking: { type: thinking ? "enabled" : "disabled" },
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(seed === undefined ? {} : { seed }),
  };
}

const TITLE_LENGTH = 60;

export function titleOf(text: string): string {
  const line = text.trim().split("\n")[0]!.trim();
  return line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH - 1)}…` : line;
}

/**
 * A conversation from OpenAI's JSON: a request body, or its messages.
 * @throws Error that names what is wrong
 */
export function importConversation(value: unknown, settings: ChatSettings, now: number): Conversation {
  const body = Array.isArray(value) ? { messages: value } : value;
  if (!isObject(body) || !Array.isArray(body.messages)) throw new Error('{"messages": [ … ]}');
  const nodes: MessageNode[] = [];
  let system = "";
  for (const [i, message] of (body.messages as unknown[]).entries()) {
    if (!isObject(message)) throw new Error(`messages[${i}]`);
    const content = textOf(message.content);
    if (message.role === "system" || message.role === "developer") {
      system = [system, content].filter(Boolean).join("\n\n");
      continue;
    }
    if (message.role !== "user" && message.role !== "assistant" && message.role !== "tool")
      throw new Error(`messages[${i}].role: ${JSON.stringify(message.role)}`);
    const reasoning = message.reasoning_content ?? message.reasoning;
    const { reasoning: _, reasoning_content: __, ...rest } = message;
    nodes.push({
      id: newId("m"),
      parent: nodes.at(-1)?.id ?? null,
      message: {
        ...rest,
        role: message.role,
        content,
        ...(typeof reasoning === "string" ? { reasoning_content: reasoning } : {}),
      } as MessageNode["message"],
      ...(message.role === "assistant" ? { making: { state: "done" } } : {}),
    });
  }
  const tools = Array.isArray(body.tools) && body.tools.length > 0 ? JSON.stringify(body.tools, null, 2) : "";
  const first = nodes.find(({ message }) => message.role === "user")?.message.content ?? "";
  return {
    id: newId("c"),
    title: typeof body.title === "string" ? body.title.slice(0, 200) : titleOf(first),
    createdAt: now,
    updatedAt: now,
    settings: { ...settings, system, tools, serverTools: [] },
    messages: nodes,
    current: nodes.at(-1)?.id ?? null,
  };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}
