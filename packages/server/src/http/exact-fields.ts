/** Parts of a body that a prompt shows as the client wrote them: `JSON.parse` loses `1.0`, long integers and key order. */

import { parseExactJson } from "@cachalot/chat";

type Fields = Record<string, unknown>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where each value of a JSON object stands in its text, which must be valid. */
function valueSpans(json: string): Map<string, [start: number, end: number]> {
  const spans = new Map<string, [number, number]>();
  let depth = 0;
  let key = "";
  let start = 0;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (c === QUOTE) {
      const end = stringEnd(json, i);
      if (depth === 1 && start === 0) key = JSON.parse(json.slice(i, end)) as string;
      i = end - 1;
    } else if (c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x3a && depth === 1) start = i + 1;
    else if (c === 0x7d || c === 0x5d) depth--;
    if ((c === 0x2c && depth === 1) || (c === 0x7d && depth === 0)) {
      if (start > 0) spans.set(key, [start, i]);
      start = 0;
    }
  }
  return spans;
}

/** The index after a string that begins at `start`. */
function stringEnd(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (c === BACKSLASH) i++;
    else if (c === QUOTE) return i + 1;
  }
  return json.length;
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Whether a message carries a schema, or a call's arguments as an object. */
function hasExactParts(message: unknown): boolean {
  if (!isFields(message)) return false;
  if (isFields(message.tools) || isFields(message.response_format)) return true;
  const { tool_calls: calls } = message;
  return Array.isArray(calls) && calls.some((call) => isFields(call) && isFields((call.function as Fields)?.arguments));
}

/** Reads again, exactly, what of `body` the prompt shows as it was written. `json` is its text. */
export function withExactFields(body: Fields, json: string): Fields {
  const names = ["tools", "response_format"].filter((name) => isFields(body[name]));
  if (Array.isArray(body.messages) && body.messages.some(hasExactParts)) names.push("messages");
  if (names.length === 0) return body;
  const spans = valueSpans(json);
  const exact = names.map((name) => [name, parseExactJson(json.slice(...(spans.get(name) ?? [0, 0])))] as const);
  return { ...body, ...Object.fromEntries(exact) };
}
