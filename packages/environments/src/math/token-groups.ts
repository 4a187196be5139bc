/** Tokens at the top level of an answer: splitting between brackets, and units behind a value. */

import { CannotTell } from "./limits.js";
import { rational, whole } from "./rational.js";
import { call, type Expression, numeral } from "./syntax.js";
import type { Token } from "./tokenize.js";
import { type Unit, unitOf } from "./units.js";

const OPEN = new Set(["(", "[", "{", "lfloor", "lceil"]);
const CLOSE = new Set([")", "]", "}", "rfloor", "rceil"]);

/** What stands between the tokens that split, outside all brackets. `balanced`: no bracket closes what is not open. */
export function splitTop(
  tokens: readonly Token[],
  splits: (token: Token) => boolean,
): { parts: Token[][]; breaks: Token[]; balanced: boolean } {
  const parts: Token[][] = [[]];
  const breaks: Token[] = [];
  let [depth, balanced] = [0, true];
  for (const token of tokens) {
    const bracket = token.kind === "sign" || token.kind === "command";
    if (bracket && (OPEN.has(token.text) || token.text.startsWith("begin{"))) depth++;
    else if (bracket && (CLOSE.has(token.text) || token.text.startsWith("end{"))) depth--;
    if (depth < 0) balanced = false;
    if (depth === 0 && splits(token)) {
      breaks.push(token);
      parts.push([]);
    } else parts.at(-1)!.push(token);
  }
  return { parts, breaks, balanced: balanced && depth === 0 };
}

const CURRENCIES: Readonly<Record<string, string>> = { dollar: "dollar", "€": "euro", "£": "£" };
const LETTER_UNITS = new Set(["m", "s", "g", "h", "l", "L"]);

/** Words behind a number that are no units, but change it. */
const CHANGES: Readonly<Record<string, (value: Expression) => Expression>> = {
  degree: (value) => call("degrees", value),
  percent: (value) => call("percent", value),
  radian: (value) => value,
  rad: (value) => value,
  ...Object.fromEntries(
    (
      [
        ["dozen", 12],
        ["hundred", 100],
        ["thousand", 1e3],
        ["million", 1e6],
        ["billion", 1e9],
      ] as const
    ).map(([name, times]) => [name, (value: Expression) => call("multiply", value, numeral(whole(times)))]),
  ),
};
export const isChangeWord = (word: string): boolean => CHANGES[word.toLowerCase().replace(/s$/, "")] !== undefined;

export interface Quantity {
  readonly number: readonly Token[];
  readonly unit?: Unit;
  /** What words such as `percent` or `million` make of the number. */
  readonly change: (value: Expression) => Expression;
}

/** A value apart from its unit. @throws CannotTell for a unit that is not known */
export function takeUnit(tokens: readonly Token[], letterUnits: boolean): Quantity {
  const currency =
    CURRENCIES[tokens[0]!.text] ?? (tokens[0]!.text === "-" ? CURRENCIES[tokens[1]?.text ?? ""] : undefined);
  const bare = currency ? tokens.filter(({ text }) => CURRENCIES[text] === undefined) : tokens;
  let start = bare.findIndex(
    (token, i) =>
      token.kind === "word" || (letterUnits && i > 0 && token.kind === "letter" && LETTER_UNITS.has(token.text)),
  );
  if (start === -1) start = bare.length;
  const number = bare.slice(0, start);
  let change: Quantity["change"] = (value) => value;
  while (bare[start]?.kind === "word" && isChangeWord(bare[start]!.text)) {
    const [before, next] = [change, CHANGES[bare[start]!.text.toLowerCase().replace(/s$/, "")]!];
    change = (value) => next(before(value));
    start++;
  }
  const tail = bare
    .slice(start)
    .map(({ text }) => text)
    .filter((text) => text !== "{" && text !== "}");
  const parts = currency ? [currency, ...tail.filter((text) => !/^dollars?$/i.test(text))] : tail;
  if (parts.length === 0) return { number, change };
  if (currency && tail.length > 0 && !/^(?:dollars?|per|\/)$/i.test(tail[0]!)) throw new CannotTell("two units");
  const unit = unitOf(parts);
  if (!unit || number.length === 0) throw new CannotTell(`the unit ${JSON.stringify(parts.join(" "))} is not known`);
  return { number, unit, change };
}

/** A unit's factor as an expression that multiplies. */
export const inBaseUnits = (value: Expression, { factor }: Unit): Expression =>
  factor.n === factor.d ? value : call("multiply", value, numeral(rational(factor.n, factor.d)!));
