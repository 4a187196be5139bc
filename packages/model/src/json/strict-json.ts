import { ModelError, type ModelErrorCode } from "../errors.js";

const MAX_DEPTH = 64;

/**
 * Parses UTF-8 JSON. Unlike JSON.parse it refuses duplicate keys, which readers resolve differently, and deep nesting.
 * @throws ModelError with `code`, naming `where`.
 */
export function parseStrictJson(bytes: Uint8Array, where: string, code: ModelErrorCode): unknown {
  const fail = (reason: string): never => {
    throw new ModelError(code, `${where}: ${reason}; the file is damaged or not what its name says`);
  };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("not UTF-8 text");
  }
  const problem = scan(text);
  if (problem) return fail(problem);
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Looks for deep nesting and duplicate keys without recursion. Malformed text is left to JSON.parse. */
function scan(text: string): string | undefined {
  /** Keys of each open object; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      const end = stringEnd(text, i);
      if (end < 0) return undefined;
      const keys = open.at(-1);
      if (expectsKey && keys) {
        const key = decodeKey(text.slice(i, end + 1));
        if (keys.has(key)) return `the key "${key.slice(0, 200)}" appears twice`;
        keys.add(key);
        expectsKey = false;
      }
      i = end;
    } else if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : undefined);
      if (open.length > MAX_DEPTH) return `nested more than ${MAX_DEPTH} levels deep`;
      expectsKey = character === "{";
    } else if (character === "}" || character === "]") {
      open.pop();
      expectsKey = false;
    } else if (character === ",") expectsKey = open.at(-1) !== undefined;
  }
  return undefined;
}

function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}

function decodeKey(literal: string): string {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal;
  }
}
