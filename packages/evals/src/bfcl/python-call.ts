/** Calls as Python writes them: a name, values by place and by name; values are literals. */

import { EvalsError } from "../errors.js";

export interface PythonCall {
  name: string;
  places: unknown[];
  names: Record<string, unknown>;
}

const TOKENS =
  /\s*(?:([A-Za-z_]\w*)|(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|([()[\]{},=:]))/y;
const WORDS: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };
const ESCAPED = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U(00(?:0[\da-fA-F]|10)[\da-fA-F]{4})|([\s\S]))/g;

/** @throws EvalsError `bad_data` for what is no such call */
export function parsePythonCall(text: string): PythonCall {
  const tokens = tokensOf(text);
  let at = 0;
  const refuse = () =>
    new EvalsError("bad_data", `${text.slice(0, 80)} is no call with literal values; expected such as cd(folder='a')`);
  const take = (wanted?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) throw refuse();
    return token;
  };
  const list = (end: string, item: () => void): void => {
    while (tokens[at] !== end) {
      item();
      if (tokens[at] !== end) take(",");
    }
    take(end);
  };
  const value = (): unknown => {
    const token = take();
    if (token === "[" || token === "(") {
      const items: unknown[] = [];
      list(token === "[" ? "]" : ")", () => items.push(value()));
      return items;
    }
    if (token === "{") return dict();
    if (Object.hasOwn(WORDS, token)) return WORDS[token];
    if (/^["']/.test(token)) return unquoted(token);
    const number = Number(token);
    if (token === "" || Number.isNaN(number)) throw refuse();
    return number;
  };
  const dict = (): Record<string, unknown> => {
    const entries: [string, unknown][] = [];
    list("}", () => {
      const key = String(value());
      take(":");
      entries.push([key, value()]);
    });
    return Object.fromEntries(entries);
  };
  const call: PythonCall = { name: take(), places: [], names: {} };
  if (!/^[A-Za-z_]/.test(call.name)) throw refuse();
  take("(");
  list(")", () => {
    if (tokens[at + 1] !== "=") return void call.places.push(value());
    const name = take();
    take("=");
    call.names[name] = value();
  });
  if (at < tokens.length) throw refuse();
  return call;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  while (TOKENS.lastIndex < text.trimEnd().length) {
    const match = TOKENS.exec(text);
    if (!match) return [];
    tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4]!);
  }
  return tokens;
}

const unquoted = (token: string): string =>
  token.slice(1, -1).replace(ESCAPED, (whole, byte?: string, short?: string, long?: string, next = "") => {
    const code = byte ?? short ?? long;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return ESCAPES[next] ?? (/[\\'"]/.test(next) ? next : whole);
  });
