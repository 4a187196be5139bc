/** Writes JSON the way Python's `json.dumps(value, ensure_ascii=False)` does. */

import { ChatError } from "../errors.js";
import { exactOf } from "./exact-json.js";
import { LosslessNumber, MAX_JSON_DEPTH } from "./lossless-json.js";
import { formatNumber } from "./python-number.js";

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters JSON escapes.
const ESCAPED = /["\\\x00-\x1f]/g;

/** The inside of a JSON string, without its quotes. Works piecewise: escaping two halves equals escaping the whole. */
export function escapeJsonString(text: string): string {
  return text.replace(ESCAPED, (c) => {
    return SHORT_ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_JSON_DEPTH) {
    throw new ChatError(
      "invalid_arguments",
      `JSON nested deeper than ${MAX_JSON_DEPTH} levels (or circular); send a flatter value`,
    );
  }
  if (value === null) return "null";
  if (value instanceof LosslessNumber) return value.text;
  switch (typeof value) {
    case "string":
      return `"${escapeJsonString(value)}"`;
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      return formatNumber(value);
    case "object": {
      const exact = value instanceof Map ? undefined : exactOf(value);
      if (exact !== undefined) return write(exact, depth);
      if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null, depth + 1)).join(", ")}]`;
      const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
      const parts = entries
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `"${escapeJsonString(String(key))}": ${write(item, depth + 1)}`);
      return `{${parts.join(", ")}}`;
    }
    default:
      throw new ChatError("invalid_arguments", `A ${typeof value} is not JSON; send plain data`);
  }
}

/**
 * Formats a value as Python's `json.dumps(value, ensure_ascii=False)`: `", "` and `": "` separators, key order kept,
 * floats in Python's repr. Takes values of `parseLosslessJson` and `parseExactJson` (exact) and plain JavaScript data, which
 * comes out as Python would print `JSON.stringify(value)` after reading it (so `1.0` is `1`, and keys like "10" are already
 * first).
 *
 * @throws ChatError `invalid_arguments` for data that is not JSON, or nested deeper than 1000 levels.
 */
export function formatPythonJson(value: unknown): string {
  return write(value, 0);
}
