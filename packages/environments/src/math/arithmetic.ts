/** Arithmetic expressions by recursive descent: + - * / ^ (or **), parentheses, whole and decimal numbers. */

import { add, divide, multiply, power, type Rational, rational, subtract } from "./rational.js";

export interface Evaluated {
  value: Rational;
  /** The numbers as they are written, in order. */
  numbers: string[];
}

/** Longer texts are no answers. In characters. */
const LONGEST = 2000;
/** Parentheses and signs in one another. */
const DEEPEST = 50;

class NotArithmetic extends Error {}

const give = (value: Rational | undefined): Rational => {
  if (value === undefined) throw new NotArithmetic();
  return value;
};

/** Reads and evaluates. @returns undefined for what is no expression, or has no value (1 / 0) */
export function evaluateArithmetic(text: string): Evaluated | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  try {
    return new Reader(tokens).whole();
  } catch (error) {
    if (error instanceof NotArithmetic) return undefined;
    throw error;
  }
}

/** @returns undefined where something is neither a number, an operator nor a parenthesis */
function tokensOf(text: string): string[] | undefined {
  if (text.length > LONGEST) return undefined;
  const tokens = text.replace(/[−–]/g, "-").replace(/[×·]/g, "*").replace(/÷/g, "/").replace(/\*\*/g, "^");
  const found = tokens.match(/\d+(?:\.\d+)?|\.\d+|[-+*/^()]|\S/g) ?? [];
  return found.every((token) => /^(?:[\d.]+|[-+*/^()])$/.test(token) && token !== ".") ? found : undefined;
}

/** `12`, `0.25` as exact numbers. */
function numberOf(text: string): Rational {
  const [whole = "", decimals = ""] = text.split(".");
  return give(rational(BigInt(whole + decimals || "0"), 10n ** BigInt(decimals.length)));
}

class Reader {
  private at = 0;
  private depth = 0;
  private readonly numbers: string[] = [];

  constructor(private readonly tokens: readonly string[]) {}

  whole(): Evaluated {
    const value = this.sum();
    if (this.at < this.tokens.length) throw new NotArithmetic();
    return { value, numbers: this.numbers };
  }

  private take(...wanted: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.at++;
    return token;
  }

  private sum(): Rational {
    let value = this.product();
    for (let sign = this.take("+", "-"); sign; sign = this.take("+", "-"))
      value = give((sign === "+" ? add : subtract)(value, this.product()));
    return value;
  }

  private product(): Rational {
    let value = this.signed();
    for (let sign = this.take("*", "/"); sign; sign = this.take("*", "/"))
      value = give((sign === "*" ? multiply : divide)(value, this.signed()));
    return value;
  }

  /** A sign binds weaker than a power: -2^2 is -4. */
  private signed(): Rational {
    const sign = this.take("+", "-");
    if (sign === undefined) return this.raised();
    this.deeper();
    const value = this.signed();
    this.depth--;
    return sign === "-" ? { n: -value.n, d: value.d } : value;
  }

  private raised(): Rational {
    const base = this.atom();
    if (!this.take("^")) return base;
    this.deeper();
    const value = give(power(base, this.signed()));
    this.depth--;
    return value;
  }

  private atom(): Rational {
    if (this.take("(")) {
      this.deeper();
      const value = this.sum();
      this.depth--;
      if (!this.take(")")) throw new NotArithmetic();
      return value;
    }
    const token = this.tokens[this.at++];
    if (token === undefined || !/^[\d.]+$/.test(token)) throw new NotArithmetic();
    this.numbers.push(token);
    return numberOf(token);
  }

  private deeper(): void {
    if (++this.depth > DEEPEST) throw new NotArithmetic();
  }
}
