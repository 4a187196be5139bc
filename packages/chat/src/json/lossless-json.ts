/**
 * Reads JSON text without losing what `JSON.parse` loses: key order (also of "10" and "__proto__"), integers of any
 * length, and whether a number was written as a float. Accepts exactly what Python's `json.loads` accepts.
 */

import { ChatError } from "../errors.js";
import { pythonFloatRepr } from "./python-float.js";

/** A number by its Python text: `12345678901234567890`, `1.0`, `1e+16`. */
export class LosslessNumber {
  constructor(readonly text: string) {}
}

/** JSON with objects as maps (insertion order) and numbers as {@link LosslessNumber}. */
export type LosslessJson = null | boolean | string | LosslessNumber | LosslessJson[] | Map<string, LosslessJson>;

/** Deeper values than this are refused rather than risking the stack. */
export const MAX_JSON_DEPTH = 1000;

const NUMBER = /(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold raw control characters.
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Reader {
  #at = 0;
  constructor(
    readonly text: string,
    readonly allowNonFinite: boolean,
  ) {}

  fail(what: string): never {
    throw new ChatError("invalid_arguments", `Invalid JSON: ${what} at character ${this.#at}; send valid JSON text`);
  }

  document(): LosslessJson {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) this.fail("extra data");
    return value;
  }

  #space(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.#at);
      if (c !== 32 && c !== 9 && c !== 10 && c !== 13) return;
      this.#at++;
    }
  }

  #literal(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #value(depth: number): LosslessJson {
    if (depth > MAX_JSON_DEPTH) this.fail(`nesting deeper than ${MAX_JSON_DEPTH}`);
    const c = this.text[this.#at];
    if (c === '"') return this.#string();
    if (c === "{") return this.#object(depth);
    if (c === "[") return this.#array(depth);
    if (this.#literal("null")) return null;
    if (this.#literal("true")) return true;
    if (this.#literal("false")) return false;
    if (this.allowNonFinite) {
      for (const word of ["NaN", "Infinity", "-Infinity"]) if (this.#literal(word)) return new LosslessNumber(word);
    }
    return this.#number();
  }

  #number(): LosslessNumber {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.text);
    if (match === null) this.fail("expected a value");
    const [literal, integer = "0", fraction, exponent] = match;
    this.#at += literal.length;
    if (fraction === undefined && exponent === undefined) return new LosslessNumber(integer === "-0" ? "0" : integer);
    return new LosslessNumber(pythonFloatRepr(Number(literal)));
  }

  #string(): string {
    this.#at++;
    let out = "";
    for (;;) {
      PLAIN.lastIndex = this.#at;
      const plain = PLAIN.exec(this.text)?.[0] ?? "";
      out += plain;
      this.#at += plain.length;
      const c = this.text[this.#at];
      if (c === undefined) this.fail("unterminated string");
      if (c === '"') {
        this.#at++;
        return out;
      }
      if (c !== "\\") this.fail("control character in a string");
      const letter = this.text[this.#at + 1] ?? "";
      if (letter === "u") {
        const hex = this.text.slice(this.#at + 2, this.#at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail("invalid \\u escape");
        out += String.fromCharCode(Number.parseInt(hex, 16));
        this.#at += 6;
      } else {
        const plainEscape = ESCAPES[letter];
        if (plainEscape === undefined) this.fail("invalid escape");
        out += plainEscape;
        this.#at += 2;
      }
    }
  }

  #array(depth: number): LosslessJson[] {
    this.#at++;
    const items: LosslessJson[] = [];
    this.#space();
    if (this.#literal("]")) return items;
    for (;;) {
      this.#space();
      items.push(this.#value(depth + 1));
      this.#space();
      if (this.#literal("]")) return items;
      if (!this.#literal(",")) this.fail("expected , or ]");
    }
  }

  #object(depth: number): Map<string, LosslessJson> {
    this.#at++;
    const entries = new Map<string, LosslessJson>();
    this.#space();
    if (this.#literal("}")) return entries;
    for (;;) {
      this.#space();
      if (this.text[this.#at] !== '"') this.fail("expected a property name in double quotes");
      const key = this.#string();
      this.#space();
      if (!this.#literal(":")) this.fail("expected :");
      this.#space();
      entries.set(key, this.#value(depth + 1));
      this.#space();
      if (this.#literal("}")) return entries;
      if (!this.#literal(",")) this.fail("expected , or }");
    }
  }
}

/**
 * Parses JSON text as Python's `json.loads` does, keeping everything needed to write it back exactly.
 * `allowNonFinite` (default true, as in Python) also reads `NaN`, `Infinity` and `-Infinity`.
 *
 * @throws ChatError `invalid_arguments` with the position, or for nesting deeper than {@link MAX_JSON_DEPTH}.
 */
export function parseLosslessJson(text: string, { allowNonFinite = true } = {}): LosslessJson {
  return new Reader(text, allowNonFinite).document();
}
