/** The grammar of whole answers: lists, sets, tuples, intervals, unions, relations, ratios, matrices and values with units. */

import { CannotTell, MOST_ELEMENTS } from "./limits.js";
import { ExpressionParser, type Reading as ExpressionReading, numberOf } from "./parse-expression.js";
import { whole } from "./rational.js";
import { ALL_REALS, type Answer, call, type Expression, numeral, type Relation, variantsOf } from "./syntax.js";
import { isChangeWord, splitTop, takeUnit } from "./token-groups.js";
import { type Token, tokenize } from "./tokenize.js";
import { isUnitWord } from "./units.js";
import { NUMBER_WORDS } from "./vocabulary.js";

export interface Reading extends ExpressionReading {
  /** A letter behind a number is a unit: `5 m`. */
  readonly letterUnits: boolean;
}

/** What can be read in two ways. */
export type Ambiguity = "slash" | "log";

const RELATIONS: Readonly<Record<string, Relation>> = {
  ...{ "=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=" },
  ...{ lt: "<", gt: ">", le: "<=", ge: ">=", ne: "!=", in: "in" },
};

const is = (token: Token | undefined, ...texts: string[]): boolean =>
  token !== undefined && (token.kind === "sign" || token.kind === "command") && texts.includes(token.text);
const isJoin = ({ kind, text }: Token): boolean => kind === "word" && /^(?:and|or)$/i.test(text);
const isBreak = (token: Token): boolean => is(token, ",", ";") || isJoin(token);
const relationOf = (token: Token): Relation | undefined =>
  token.kind === "sign" || token.kind === "command" ? RELATIONS[token.text] : undefined;

/** @throws CannotTell for a text that is no answer of this grammar, whole */
export function parseAnswer(text: string, reading: Reading, onAmbiguous: (what: Ambiguity) => void): Answer {
  const tokens = tokenize(text);
  if (isProse(tokens)) return proseOf(text, tokens);
  return new AnswerParser(reading, onAmbiguous).answer(tokens);
}

/** Some word has no place in mathematics. */
function isProse(tokens: readonly Token[]): boolean {
  const words = tokens.filter((token) => token.kind === "word" && !isJoin(token) && !token.text.startsWith("\\"));
  return tokens[0]?.kind === "word"
    ? !tokens[0].text.startsWith("\\")
    : words.some(({ text }) => !isUnitWord(text) && !isChangeWord(text));
}

function proseOf(text: string, tokens: readonly Token[]): Answer {
  const number = tokens.length === 1 ? NUMBER_WORDS.indexOf(tokens[0]!.text.toLowerCase()) : -1;
  return number >= 0 ? { kind: "value", value: numeral(whole(number)) } : { kind: "words", text };
}

class AnswerParser {
  constructor(
    private readonly reading: Reading,
    private readonly onAmbiguous: (what: Ambiguity) => void,
  ) {}

  /** A list, or what stands alone. */
  answer(tokens: readonly Token[]): Answer {
    const { parts, breaks } = splitTop(tokens, isBreak);
    if (parts.length === 1) return this.single(tokens);
    // `19, 46, and 82`: nothing stands between the comma and its word.
    const filled = parts.filter(
      (part, i) => part.length > 0 || !(is(breaks[i - 1], ",") && breaks[i] && isJoin(breaks[i])),
    );
    const number = oneNumber(tokens);
    const either =
      breaks.some((token) => token.text.toLowerCase() === "or") &&
      !breaks.some((token) => token.text.toLowerCase() === "and");
    return { kind: "list", items: this.items(filled), ...(number && { number }), ...(either && { either }) };
  }

  private items(parts: readonly (readonly Token[])[]): Answer[] {
    if (parts.length > MOST_ELEMENTS) throw new CannotTell(`it has more than ${MOST_ELEMENTS} elements`);
    return parts
      .map((part) => this.single(part))
      .flatMap((item) => (item.kind === "set" && item.pair ? item.items : [item]));
  }

  private single(tokens: readonly Token[]): Answer {
    if (tokens.length === 0) throw new CannotTell("a part of it is empty");
    const { parts, breaks } = splitTop(tokens, (token) => relationOf(token) !== undefined);
    if (parts.length === 1) return this.side(tokens);
    if (parts.length > 4) throw new CannotTell("it has too many relations");
    const sides = parts.map((part, i) => (i === 0 && is(breaks[0], "=") && functionName(part)) || this.side(part));
    return { kind: "relation", sides, signs: breaks.map((token) => relationOf(token)!) };
  }

  private side(tokens: readonly Token[]): Answer {
    if (tokens.length === 0) throw new CannotTell("one side of it is empty");
    const [first] = tokens;
    if (tokens.length === 1 && is(first, "emptyset")) return { kind: "set", items: [] };
    if (tokens.length === 1 && first!.kind === "word") return numbersOf(first!.text);
    const union = splitTop(tokens, (token) => is(token, "cup")).parts;
    if (union.length > 1) return this.union(union);
    if (first!.kind === "command" && first!.text.startsWith("begin")) return this.matrix(tokens);
    return this.bracketed(tokens) ?? this.ratio(tokens) ?? this.value(tokens);
  }

  private union(parts: readonly (readonly Token[])[]): Answer {
    const sides = parts.map((part) => this.side(part));
    if (sides.every((side) => side.kind === "set")) return { kind: "set", items: sides.flatMap(({ items }) => items) };
    return { kind: "union", parts: sides };
  }

  /** A set or a tuple. @returns undefined for brackets that only group */
  private bracketed(tokens: readonly Token[]): Answer | undefined {
    const [first, last] = [tokens[0]!, tokens.at(-1)!];
    const inner = tokens.slice(1, -1);
    const braces =
      (first.kind === "command" && first.text === "{" && is(last, "}")) || (is(first, "{") && is(last, "}"));
    const round = is(first, "(", "[") && is(last, ")", "]");
    if (tokens.length < 2 || !(braces || round) || !splitTop(inner, () => false).balanced) return undefined;
    const { parts } = splitTop(inner, (token) => is(token, ",", ";"));
    if (braces) {
      if (first.kind === "sign" && parts.length === 1) return undefined;
      return { kind: "set", items: inner.length === 0 ? [] : this.items(parts) };
    }
    if (parts.length === 1) return undefined;
    const items = this.items(parts);
    if (items.length !== parts.length) throw new CannotTell("a tuple with ± can be read in two ways");
    const number = inner.every(({ spaced }, i) => i === 0 || !spaced) ? oneNumber(inner) : undefined;
    return { kind: "tuple", items, open: first.text, close: last.text, ...(number && { number }) };
  }

  private matrix(tokens: readonly Token[]): Answer {
    const name = /^begin\{([pbBvV]?matrix)\*?\}$/.exec(tokens[0]!.text)?.[1];
    if (!name || !is(tokens.at(-1), `end{${name}}`)) throw new CannotTell("an environment that is no matrix");
    if (/^[vV]/.test(name)) throw new CannotTell("a determinant is not understood");
    const rows = splitTop(tokens.slice(1, -1), (token) => is(token, "\\")).parts.filter((row) => row.length > 0);
    const cells = rows.map((row) =>
      splitTop(row, (token) => is(token, "&")).parts.map((cell) => this.expression(cell)),
    );
    if (cells.length === 0 || cells.some((row) => row.length !== cells[0]!.length))
      throw new CannotTell("its rows differ in length");
    if (cells.flat().length > MOST_ELEMENTS) throw new CannotTell(`it has more than ${MOST_ELEMENTS} elements`);
    return { kind: "matrix", rows: cells };
  }

  private ratio(tokens: readonly Token[]): Answer | undefined {
    const { parts } = splitTop(tokens, (token) => is(token, ":"));
    if (parts.length === 1) return undefined;
    const time =
      parts.length <= 3 &&
      parts.every((part, i) => part.length === 1 && (i === 0 ? /^\d\d?$/ : /^\d\d$/).test(part[0]!.text));
    return { kind: "ratio", parts: parts.map((part) => this.expression(part)), time };
  }

  private value(tokens: readonly Token[]): Answer {
    const { number, unit, change } = takeUnit(tokens, this.reading.letterUnits);
    const value = change(this.expression(number));
    const values = variantsOf(value);
    if (values.length > 1)
      return {
        kind: "set",
        pair: true,
        items: values.map((each) => ({ kind: "value", value: each, ...(unit && { unit }) })),
      };
    return { kind: "value", value, ...(unit && { unit }) };
  }

  private expression(tokens: readonly Token[]): Expression {
    if (tokens.length === 0) throw new CannotTell("a part of it is empty");
    return new ExpressionParser([...tokens], this.reading, this.onAmbiguous).whole();
  }
}

/** ℝ is an interval; other sets of numbers are their names. */
const numbersOf = (word: string): Answer => (word === "\\mathbb{R}" ? ALL_REALS : { kind: "words", text: word });

/** `f(x)`, `P(x, y)`, `g_1(n)` @returns undefined for other texts */
function functionName(tokens: readonly Token[]): Answer | undefined {
  const texts = tokens.map(({ text }) => text).join(" ");
  const [, name, parameters] = /^([a-zA-Z](?: _ \S+)?) \( ([a-zA-Z](?: , [a-zA-Z])*) \)$/.exec(texts) ?? [];
  if (!name || !parameters) return undefined;
  return { kind: "function", name, parameters: parameters.split(" , ") };
}

/** The one number that `3,14`, `1.234,5` or `12, 345` may be. */
function oneNumber(tokens: readonly Token[]): Expression | undefined {
  const negative = is(tokens[0], "-");
  const [first, ...rest] = splitTop(negative ? tokens.slice(1) : tokens, (token) => is(token, ",")).parts;
  const texts = [first!, ...rest].map((part) => (part.length === 1 && part[0]!.kind === "number" ? part[0]!.text : ""));
  const [start, ...groups] = texts;
  const signed = (text: string): Expression => (negative ? call("negate", numberOf(text)) : numberOf(text));
  if (groups.every((group) => /^\d{3}$/.test(group)) && /^\d{1,3}$/.test(start!)) return signed(texts.join(""));
  if (groups.length === 1 && /^\d+$/.test(groups[0]!) && /^\d+$|^\d{1,3}\.\d{3}$/.test(start!))
    return signed(`${start!.replace(".", "")}.${groups[0]}`);
  return undefined;
}
