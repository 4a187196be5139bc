/** Expressions by recursive descent, LaTeX and plain: what can be read in two ways is refused, or flagged where both can be tried. */

import { CannotTell, DEEPEST } from "./limits.js";
import { rational, whole } from "./rational.js";
import { call, type Expression, numeral } from "./syntax.js";
import type { Token } from "./tokenize.js";
import { FUNCTIONS, VARIABLE_COMMANDS } from "./vocabulary.js";

/** Both readings of `1/2x` and of `\log` are tried. */
export interface Reading {
  /** `1/2x` is 1/(2x). */
  readonly tightSlash: boolean;
  /** `\log` is the decimal logarithm. */
  readonly decimalLog: boolean;
}

const FACTOR_COMMANDS = new Set(["frac", "sqrt", "binom", "pi", "infty", "lfloor", "lceil"]);
const FUNCTION_NAMES: Readonly<Record<string, string>> = {
  asin: "arcsin",
  acos: "arccos",
  atan: "arctan",
  lg: "log10",
};
const INVERSE: Readonly<Record<string, string>> = { sin: "arcsin", cos: "arccos", tan: "arctan" };

export class ExpressionParser {
  at = 0;
  private depth = 0;
  private inBars = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly reading: Reading,
    /** Called where the readings differ. */
    private readonly onAmbiguous: (what: "slash" | "log") => void,
  ) {}

  /** All tokens from here to the end. */
  whole(): Expression {
    const value = this.sum();
    if (this.at < this.tokens.length) throw this.unexpected();
    return value;
  }

  sum(): Expression {
    if (++this.depth > DEEPEST) throw new CannotTell("it is nested too deeply");
    let left = this.product();
    for (;;) {
      if (this.accept("+")) left = call("add", left, this.product());
      else if (this.accept("-")) left = call("subtract", left, this.product());
      else if (this.accept("pm")) left = call("plusMinus", left, this.product());
      else if (this.accept("mp")) left = call("minusPlus", left, this.product());
      else break;
    }
    this.depth--;
    return left;
  }

  private product(): Expression {
    let left = this.signed();
    for (;;) {
      if (this.accept("*") || this.accept("cdot") || this.accept("times")) left = call("multiply", left, this.signed());
      else if (this.accept("/") || this.accept("div")) left = call("divide", left, this.divisor());
      else if (this.startsFactor()) left = call("multiply", left, this.power());
      else return left;
    }
  }

  /** After a slash, where a product without signs may belong below it. */
  private divisor(): Expression {
    let value = this.signed();
    if (!this.startsFactor()) return value;
    this.onAmbiguous("slash");
    while (this.reading.tightSlash && this.startsFactor()) value = call("multiply", value, this.power());
    return value;
  }

  private signed(): Expression {
    if (++this.depth > DEEPEST) throw new CannotTell("it is nested too deeply");
    const zero = numeral(whole(0));
    const value = this.accept("-")
      ? call("negate", this.signed())
      : this.accept("+")
        ? this.signed()
        : this.accept("pm")
          ? call("plusMinus", zero, this.signed())
          : this.accept("mp")
            ? call("minusPlus", zero, this.signed())
            : this.power();
    this.depth--;
    return value;
  }

  private power(): Expression {
    let base = this.primary();
    for (;;) {
      if (this.accept("!!")) base = call("doubleFactorial", base);
      else if (this.accept("!")) base = call("factorial", base);
      else if (this.accept("%")) base = call("percent", base);
      else if (this.accept("^")) {
        if (this.accept("circ")) base = call("degrees", base);
        else base = call("power", base, this.exponent());
        if (this.peek("!")) throw new CannotTell("a factorial after a power can be read in two ways");
      } else return base;
    }
  }

  private exponent(): Expression {
    if (++this.depth > DEEPEST) throw new CannotTell("it is nested too deeply");
    let value: Expression;
    if (this.accept("-")) value = call("negate", this.exponent());
    else {
      value = this.primary();
      if (this.accept("^")) value = call("power", value, this.exponent());
    }
    this.depth--;
    return value;
  }

  private startsFactor(): boolean {
    const token = this.tokens[this.at];
    if (!token) return false;
    if (token.kind === "letter") return true;
    if (token.kind === "number") return this.numberMultiplies(token);
    if (token.kind === "command")
      return FACTOR_COMMANDS.has(token.text) || VARIABLE_COMMANDS.has(token.text) || FUNCTIONS.has(token.text);
    return token.kind === "sign" && (["(", "{", "["].includes(token.text) || (token.text === "|" && this.inBars === 0));
  }

  /** `2^a 3^b`, `(n-2)2^n`: a number behind a bracket or an exponent. */
  private numberMultiplies({ spaced }: Token): boolean {
    const before = this.tokens[this.at - 1]!;
    if (before.kind === "sign" && [")", "}", "]"].includes(before.text)) return true;
    return spaced && before.kind !== "number" && this.tokens[this.at - 2]?.text === "^";
  }

  private primary(): Expression {
    const token = this.next();
    if (token.kind === "number") return this.number(token);
    if (token.kind === "letter") return this.letter(token.text);
    if (token.kind === "sign") return this.bracketed(token);
    if (token.kind !== "command") throw this.unexpected(token);
    switch (token.text) {
      case "frac":
        return call("divide", this.argument(), this.argument());
      case "binom":
        return this.peek("(") ? this.function("binom") : call("binom", this.argument(), this.argument());
      case "sqrt":
        return this.root();
      case "pi":
        return { kind: "constant", name: "pi" };
      case "infty":
        return { kind: "constant", name: "infinity" };
      case "lfloor":
        return call("floor", this.until("rfloor"));
      case "lceil":
        return call("ceil", this.until("rceil"));
    }
    if (VARIABLE_COMMANDS.has(token.text)) return this.variable(token.text.replace(/^var/, ""));
    if (FUNCTIONS.has(token.text)) return this.function(token.text);
    throw this.unexpected(token);
  }

  private number({ text }: Token): Expression {
    const value = numberOf(text);
    if (this.peek("_")) return this.inBase(text);
    const next = this.tokens[this.at];
    const isWhole = /^\d+$/.test(text);
    if (isWhole && next?.spaced && /^\( \d+ \/ \d+ \)/.test(this.textFrom(this.at, 5)))
      throw new CannotTell("a number before a fraction can be read in two ways");
    if (isWhole && next?.kind === "command" && next.text === "frac") return this.mixed(value);
    if (isWhole && next?.kind === "number" && this.tokens[this.at + 1]?.text === "/") {
      const [top, , bottom] = this.tokens.slice(this.at, this.at + 3);
      if (bottom?.kind !== "number" || Number(top!.text) >= Number(bottom.text)) throw this.unexpected();
      this.at += 3;
      return call("add", value, call("divide", numberOf(top!.text), numberOf(bottom.text)));
    }
    return value;
  }

  /** `1\frac{4}{5}` is 9/5; a product where the fraction is no part of a whole. */
  private mixed(value: Expression): Expression {
    const start = this.at;
    const fraction = this.primary();
    const [top, bottom] = fraction.kind === "call" ? fraction.args : [];
    if (top?.kind !== "number" || bottom?.kind !== "number") {
      this.at = start;
      return value;
    }
    if (top.value.n * bottom.value.d >= bottom.value.n * top.value.d)
      throw new CannotTell("a number before a fraction above 1 can be read in two ways");
    return call("add", value, fraction);
  }

  /** `4210_{5}` */
  private inBase(digits: string): Expression {
    this.accept("_");
    const subscript = this.argument();
    const base = subscript.kind === "number" && subscript.value.d === 1n ? Number(subscript.value.n) : 0;
    if (!/^\d+$/.test(digits) || base < 2 || base > 36) throw new CannotTell("a subscript of a number that is no base");
    let value = 0n;
    for (const digit of digits) {
      if (Number(digit) >= base) throw new CannotTell(`${digit} is no digit in base ${base}`);
      value = value * BigInt(base) + BigInt(digit);
    }
    return call("base", numeral(whole(value)), numeral(whole(base)), numberOf(digits));
  }

  private letter(name: string): Expression {
    if (!this.peek("_") && (name === "e" || name === "i")) return { kind: "constant", name };
    if ("fgh".includes(name) && this.peek("(")) throw new CannotTell(`the function ${name} is not known`);
    return this.variable(name);
  }

  private variable(name: string): Expression {
    if (this.peek("'")) throw this.unexpected();
    if (!this.accept("_")) return { kind: "variable", name };
    const start = this.at;
    if (this.accept("{")) while (!this.accept("}")) this.next();
    else this.next();
    const subscript = this.tokens.slice(start, this.at).map(({ text }) => text);
    return { kind: "variable", name: `${name}_${subscript.filter((text) => !/[{}]/.test(text)).join("")}` };
  }

  private bracketed({ text }: Token): Expression {
    const close = { "(": ")", "{": "}", "[": "]", "|": "|" }[text];
    if (close === undefined) throw new CannotTell(`${JSON.stringify(text)} is out of place`);
    if (text !== "|") return this.until(close);
    this.inBars++;
    const value = call("abs", this.until(close));
    this.inBars--;
    return value;
  }

  private until(close: string): Expression {
    const bars = this.inBars;
    if (close !== "|") this.inBars = 0;
    const value = this.sum();
    this.inBars = bars;
    if (!this.accept(close)) throw this.unexpected();
    return value;
  }

  /** Of `\frac` and the like: a group, or one digit, letter or command. */
  private argument(): Expression {
    const token = this.tokens[this.at];
    if (token?.kind === "number" && token.text.length > 1) {
      if (!/^\d+$/.test(token.text)) throw this.unexpected();
      this.tokens.splice(this.at, 1, { ...token, text: token.text[0]! }, { ...token, text: token.text.slice(1) });
    }
    if (token?.kind === "number") return numberOf(this.next().text);
    if (token?.kind === "sign" && token.text !== "{") throw this.unexpected();
    return this.primary();
  }

  private root(): Expression {
    if (this.accept("[")) {
      const degree = this.until("]");
      return call("root", degree, this.argument());
    }
    const next = this.tokens[this.at];
    if (next?.kind === "number" && next.text.length > 1)
      throw new CannotTell("a root without braces can be read in two ways");
    return call("root", numeral(whole(2)), this.peek("(") ? this.primary() : this.argument());
  }

  private function(written: string): Expression {
    let name = FUNCTION_NAMES[written] ?? written;
    const base = this.accept("_") ? this.argument() : undefined;
    if (base && name !== "log") throw new CannotTell(`a subscript of ${name}`);
    const exponent = this.accept("^") ? this.exponent() : undefined;
    const inverse = exponent?.kind === "call" && exponent.name === "negate";
    if (inverse) name = INVERSE[name] ?? "";
    if (name === "") throw new CannotTell("the inverse of a function can be read in two ways");
    const args = this.functionArguments();
    if (name === "log" && !base) this.onAmbiguous("log");
    const value = base
      ? call("logBase", base, ...args)
      : call(name === "log" ? (this.reading.decimalLog ? "log10" : "ln") : name, ...args);
    return exponent && !inverse ? call("power", value, exponent) : value;
  }

  private functionArguments(): Expression[] {
    if (this.accept("(")) {
      const args = [this.sum()];
      while (this.accept(",")) args.push(this.sum());
      if (!this.accept(")")) throw this.unexpected();
      if (this.peek("^")) throw new CannotTell("a power after a function can be read in two ways");
      return args;
    }
    let value = this.power();
    while (this.startsFactor() && !this.peek("(") && !this.peek("[") && !FUNCTIONS.has(this.tokens[this.at]!.text))
      value = call("multiply", value, this.power());
    if (this.peek("(") || this.peek("/")) throw new CannotTell("the argument of a function can be read in two ways");
    return [value];
  }

  private textFrom(start: number, count: number): string {
    const tokens = this.tokens.slice(start, start + count);
    return tokens.map(({ text }) => text).join(" ");
  }

  private peek(text: string): boolean {
    const token = this.tokens[this.at];
    return token !== undefined && (token.kind === "sign" || token.kind === "command") && token.text === text;
  }

  private accept(text: string): boolean {
    const found = this.peek(text);
    if (found) this.at++;
    return found;
  }

  private next(): Token {
    const token = this.tokens[this.at++];
    if (!token) throw new CannotTell("it ends too early");
    return token;
  }

  private unexpected(token = this.tokens[this.at]): CannotTell {
    return new CannotTell(token ? `${JSON.stringify(token.text)} is not understood here` : "it ends too early");
  }
}

/** `12`, `0.25`, `1.5e-3` and, with its period behind an r, `0.1r6` as exact numbers. */
export function numberOf(text: string): Expression {
  const [fixed = "", period] = text.split("r");
  if (period !== undefined) return repeating(fixed, period);
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [integer = "", decimals = ""] = mantissa.split(".");
  const shift = Number(exponent) - decimals.length;
  if (Math.abs(shift) > 20_000) throw new CannotTell("the number is too large or too small");
  const digits = BigInt(integer + decimals);
  const value = shift >= 0 ? whole(digits * 10n ** BigInt(shift)) : rational(digits, 10n ** BigInt(-shift))!;
  return { kind: "number", value, ...(mantissa.includes(".") && { decimals: -shift }) };
}

/** 0.1666... is (16 - 1) / 90. */
function repeating(fixed: string, period: string): Expression {
  const [integer = "", decimals = ""] = fixed.split(".");
  const below = (10n ** BigInt(period.length) - 1n) * 10n ** BigInt(decimals.length);
  const above = BigInt(integer + decimals + period) - BigInt(integer + decimals || "0");
  return { kind: "number", value: rational(above, below)!, decimals: decimals.length + period.length };
}
