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
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
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

  /** Takes the character `code` if it comes next. */
  #take(code: number): boolean {
    if (this.text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #word(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #value(depth: number): LosslessJson {
    if (depth > MAX_JSON_DEPTH) this.fail(`nesting deeper than ${MAX_JSON_DEPTH}`);
    if (this.#take(QUOTE)) return this.#string();
    if (this.#take(OPEN_BRACE)) return this.#object(depth);
    if (this.#take(OPEN_BRACKET)) return this.#array(depth);
    return this.#number() ?? this.#named();
  }

  #named(): LosslessJson {
    if (this.#word("null")) return null;
    if (this.#word("true")) return true;
    if (this.#word("false")) return false;
    if (this.allowNonFinite) {
      for (const word of ["NaN", "Infinity", "-Infinity"]) if (this.#word(word)) return new LosslessNumber(word);
    }
    this.fail("expected a value");
  }

  #number(): LosslessNumber | undefined {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.text);
    if (match === null) return undefined;
    const [literal, integer = "0", fraction, exponent] = match;
    this.#at += literal.length;
    if (fraction === undefined && exponent === undefined) return new LosslessNumber(integer === "-0" ? "0" : integer);
    return new LosslessNumber(pythonFloatRepr(Number(literal)));
  }

  /** The rest of a string after its opening quote. */
  #string(): string {
    let out = "";
    for (;;) {
      const start = this.#at;
      let code = this.text.charCodeAt(start);
      while (code !== QUOTE && code !== BACKSLASH && code >= 0x20) code = this.text.charCodeAt(++this.#at);
      const plain = this.text.slice(start, this.#at);
      if (this.#take(QUOTE)) return out + plain;
      if (this.#at >= this.text.length) this.fail("unterminated string");
      if (!this.#take(BACKSLASH)) this.fail("control character in a string");
      out += plain + this.#escape();
    }
  }

  /** What an escape after its backslash stands for. */
  #escape(): string {
    const letter = this.text[this.#at] ?? "";
    if (letter !== "u") {
      const character = ESCAPES[letter];
      if (character === undefined) this.fail("invalid escape");
      this.#at++;
      return character;
    }
    const hex = this.text.slice(this.#at + 1, this.#at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail("invalid \\u escape");
    this.#at += 5;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #array(depth: number): LosslessJson[] {
    const items: LosslessJson[] = [];
    this.#space();
    if (this.#take(CLOSE_BRACKET)) return items;
    for (;;) {
      this.#space();
      items.push(this.#value(depth + 1));
      this.#space();
      if (this.#take(CLOSE_BRACKET)) return items;
      if (!this.#take(COMMA)) this.fail("expected , or ]");
    }
  }

  #object(depth: number): Map<string, LosslessJson> {
    const entries = new Map<string, LosslessJson>();
    this.#space();
    if (this.#take(CLOSE_BRACE)) return entries;
    for (;;) {
      this.#space();
      if (!this.#take(QUOTE)) this.fail("expected a property name in double quotes");
      const key = this.#string();
      this.#space();
      if (!this.#take(COLON)) this.fail("expected :");
      this.#space();
      entries.set(key, this.#value(depth + 1));
      this.#space();
      if (this.#take(CLOSE_BRACE)) return entries;
      if (!this.#take(COMMA)) this.fail("expected , or }");
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
