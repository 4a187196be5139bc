import {
  type AssistantMessage,
  attachTools,
  type ChatMessage,
  encodeMessageParts,
  hoistDeveloperMessage,
  parseMessages,
  parseTools,
} from "@cachalot/chat";
import { completionDocument, type Document, textDocument } from "./document.js";

/** What is wrong with a row: the field, what was expected, and the fix. */
export class RowError extends Error {}

/** Fields of a row as the recipe calls them. */
export interface Columns {
  text?: string | undefined;
  prompt?: string | undefined;
  completion?: string | undefined;
  messages?: string | undefined;
  tools?: string | undefined;
}

const FORMS = '{"text"}, {"prompt", "completion"} or {"messages"}';

/**
 * The documents of a row: `{text}`, `{prompt, completion}` (texts, or lists of messages), or `{messages, tools?}` as OpenAI has
 * them, with `reasoning_content`. Other fields are left alone.
 * @throws RowError naming the field; ChatError for messages that the V3.2 format cannot hold.
 */
export function rowDocuments(row: unknown, columns: Columns = {}): Document[] {
  if (typeof row !== "object" || row === null || Array.isArray(row))
    throw new RowError(
      `expected an object such as ${FORMS}, found ${Array.isArray(row) ? "a list" : JSON.stringify(row)}`,
    );
  const fields = row as Record<string, unknown>;
  const name = (field: keyof Columns) => columns[field] ?? field;
  const has = (field: keyof Columns) => fields[name(field)] !== undefined && fields[name(field)] !== null;
  if (has("messages"))
    return conversation(fields[name("messages")], name("messages"), fields[name("tools")], name("tools"));
  if (has("prompt") || has("completion")) return promptAndCompletion(fields, name);
  if (has("text")) return [textDocument(text(fields[name("text")], name("text")))];
  const found = Object.keys(fields).join(", ") || "none";
  throw new RowError(
    `expected the fields ${FORMS}, found ${found}; rename them, or name yours in the part's "columns"`,
  );
}

function text(value: unknown, field: string): string {
  if (typeof value !== "string")
    throw new RowError(`${field}: expected a text, found ${kindOf(value)}; make it a string`);
  if (value.trim() === "")
    throw new RowError(`${field}: expected a text, found an empty one; fill it, or remove the row`);
  return value;
}

function promptAndCompletion(fields: Record<string, unknown>, name: (field: keyof Columns) => string): Document[] {
  const [prompt, completion] = [fields[name("prompt")], fields[name("completion")]];
  const listed = (value: unknown) => Array.isArray(value);
  if (!listed(prompt) && !listed(completion)) {
    // A prompt may be empty: then the completion is all there is.
    if (typeof prompt !== "string") text(prompt, name("prompt"));
    return [completionDocument(prompt as string, text(completion, name("completion")))];
  }
  if (!listed(prompt) || !listed(completion))
    throw new RowError(
      `${name("prompt")}, ${name("completion")}: expected two texts or two lists of messages; make both the same`,
    );
  const read = messagesOf(prompt, name("prompt"));
  return conversationDocuments(
    [...read, ...messagesOf(completion, name("completion"))],
    read.length,
    fields[name("tools")],
    name,
  );
}

function conversation(messages: unknown, field: string, tools: unknown, toolsField: string): Document[] {
  return conversationDocuments(messagesOf(messages, field), 0, tools, (name) =>
    name === "tools" ? toolsField : field,
  );
}

/** Messages, or their JSON: Parquet files often keep them as text. */
function messagesOf(value: unknown, field: string): ChatMessage[] {
  return parseMessages(parsed(value, field), field);
}

function parsed(value: unknown, field: string): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new RowError(`${field}: expected a list, found a text that is not JSON; make it a JSON list`);
  }
}

function conversationDocuments(
  given: readonly ChatMessage[],
  read: number,
  tools: unknown,
  name: (field: keyof Columns) => string,
): Document[] {
  const field = name("messages");
  const last = given.at(-1);
  if (last?.role !== "assistant")
    throw new RowError(
      `${field}: expected the assistant's answer at the end, found ${last ? `a message of role ${last.role}` : "no message"}; ` +
        "add the answer, or remove what it does not answer",
    );
  const definitions =
    tools === undefined || tools === null ? undefined : parseTools(parsed(tools, name("tools")), name("tools"));
  const messages = attachTools(hoistDeveloperMessage(given), { tools: definitions });
  const readTo = read > 0 ? read + messages.length - given.length : 0;
  const key = JSON.stringify(
    messages.slice(
      0,
      messages.findIndex(({ role }) => role === "assistant"),
    ),
  );
  return turnsWithReasoning(messages)
    .filter(({ turn }) => turn.length > readTo)
    .map(({ turn, from }) => {
      const parts = encodeMessageParts(turn, { thinkingMode: thinks(turn) ? "thinking" : "chat" });
      const learntFrom = Math.max(from, readTo);
      const [before, rest] = [parts.slice(0, learntFrom).join(""), parts.slice(learntFrom).join("")];
      const prefix = before === "" ? [] : [{ text: before, loss: "none" as const }];
      return { key, splits: false, pieces: [...prefix, { text: rest, loss: "assistant" as const }] };
    });
}

const asks = ({ role }: ChatMessage) => role === "user" || role === "developer";
const reasons = (message: ChatMessage): message is AssistantMessage =>
  message.role === "assistant" && Boolean(message.reasoning_content);

/** Whether the last turn is one in thinking mode. */
function thinks(messages: readonly ChatMessage[]): boolean {
  return messages.slice(messages.findLastIndex(asks) + 1).some(reasons);
}

/**
 * The prompt keeps the reasoning of the last turn alone. A conversation that reasons in earlier turns too is learnt turn by turn,
 * each with the prompt it is given in use; others are learnt in one piece. `from`: the first message that is learnt.
 */
function turnsWithReasoning(messages: readonly ChatMessage[]): { turn: readonly ChatMessage[]; from: number }[] {
  const starts = messages.flatMap((message, i) => (asks(message) ? [i] : []));
  const lastStart = starts.at(-1) ?? 0;
  if (!messages.slice(0, lastStart).some(reasons)) return [{ turn: messages, from: 0 }];
  return starts.flatMap((start, i) => {
    const end = starts[i + 1] ?? messages.length;
    const answered = messages.slice(start, end).some(({ role }) => role === "assistant");
    return answered ? [{ turn: messages.slice(0, end), from: start }] : [];
  });
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
