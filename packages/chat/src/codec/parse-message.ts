/** Completion text -> assistant message, accepting only the exact format (the authors' parser). */

import { escapeJsonString } from "../json/python-json.js";
import type { AssistantMessage, ThinkingMode, ToolCall } from "../messages.js";
import { CALLS_END, CALLS_START, INVOKE_CLOSE, INVOKE_OPEN, PARAMETER_CLOSE, PARAMETER_OPEN } from "./dsml-tags.js";
import { type ParseFailure, parseError } from "./parse-error.js";
import { INVOKE_HEADER, PARAMETER } from "./patterns.js";
import { EOS, FORBIDDEN_IN_TEXT, THINK_END } from "./special-tokens.js";

/** An assistant message with every field present; `tool_calls` carry no ids, the text has none. */
export interface ParsedMessage extends AssistantMessage {
  content: string;
  reasoning_content: string;
  tool_calls: ToolCall[];
}

export interface ParseOptions {
  /** "thinking": the text starts inside the reasoning. "chat": it starts with the content. */
  thinkingMode: ThinkingMode;
}

function assert(condition: boolean, failure: ParseFailure): asserts condition {
  if (!condition) throw parseError(failure);
}

interface Cursor {
  text: string;
  at: number;
}

/** Moves past the first of `stops`; returns what stood before it, and which it was (undefined: the text ended). */
function readUntil(cursor: Cursor, stops: readonly string[]): { before: string; stop: string | undefined } {
  let end = cursor.text.length;
  let found: string | undefined;
  for (const stop of stops) {
    const position = cursor.text.indexOf(stop, cursor.at);
    if (position !== -1 && position < end) {
      end = position;
      found = stop;
    }
  }
  const before = cursor.text.slice(cursor.at, end);
  cursor.at = end + (found?.length ?? 0);
  return { before, stop: found };
}

function parseInvoke(cursor: Cursor): ToolCall {
  const header = readUntil(cursor, [PARAMETER_OPEN, INVOKE_CLOSE]);
  const name = INVOKE_HEADER.exec(header.before)?.[1];
  assert(name !== undefined, "toolName");
  const parameters = new Map<string, string>();
  let { stop } = header;
  while (stop === PARAMETER_OPEN) {
    const match = PARAMETER.exec(readUntil(cursor, [PARAMETER_CLOSE.slice(1)]).before);
    assert(match !== null, "parameter");
    const [, key = "", isString, value = ""] = match;
    assert(!parameters.has(key), "duplicateParameter");
    parameters.set(key, isString === "true" ? `"${escapeJsonString(value)}"` : value);
    const gap = readUntil(cursor, [PARAMETER_OPEN, INVOKE_CLOSE]);
    assert(gap.before === ">\n", "parameter");
    stop = gap.stop;
  }
  const fields = [...parameters].map(([key, value]) => `"${escapeJsonString(key)}": ${value}`);
  return { type: "function", function: { name, arguments: `{${fields.join(", ")}}` } };
}

function parseToolCalls(cursor: Cursor): ToolCall[] {
  const calls: ToolCall[] = [];
  while (cursor.at < cursor.text.length) {
    const { before, stop } = readUntil(cursor, [INVOKE_OPEN, CALLS_END]);
    assert(before === ">\n", "toolCall");
    if (stop === CALLS_END) break;
    assert(stop !== undefined, "missingToken");
    calls.push(parseInvoke(cursor));
  }
  return calls;
}

/**
 * Parses one completion, from after the prompt to the end-of-sentence token. Parameters marked `string="false"` go into
 * the arguments as they stand, so a model's invalid JSON stays visible there.
 *
 * @throws ChatError `parse_error` for anything but the exact format; `repairMessage` accepts slips.
 */
export function parseMessageFromCompletionText(text: string, { thinkingMode }: ParseOptions): ParsedMessage {
  const cursor: Cursor = { text, at: 0 };
  let reasoning = "";
  if (thinkingMode === "thinking") {
    const { before, stop } = readUntil(cursor, [THINK_END, CALLS_START]);
    assert(stop === THINK_END, "thinking");
    reasoning = before;
  }
  const { before: content, stop } = readUntil(cursor, [EOS, CALLS_START]);
  assert(stop !== undefined, "summary");
  let calls: ToolCall[] = [];
  if (stop === CALLS_START) {
    calls = parseToolCalls(cursor);
    assert(readUntil(cursor, [EOS]).before === "", "afterCalls");
  }
  assert(cursor.at === text.length, "atEnd");
  for (const token of FORBIDDEN_IN_TEXT) {
    assert(!content.includes(token) && !reasoning.includes(token), "specialToken");
  }
  return { role: "assistant", content, reasoning_content: reasoning, tool_calls: calls };
}
