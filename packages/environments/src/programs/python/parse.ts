/** Recursive descent over a small part of Python's expression grammar, with Python's precedence. */

import type { BinaryOperator, Comparison, Expression } from "./syntax.js";
import { PythonError } from "./value.js";

/** In characters. */
const LONGEST = 500;
const DEEPEST = 40;
const TOKEN = /\s*(?:(\d+)|([A-Za-z_]\w*)|(\/\/|\*\*|==|!=|<=|>=|[-+*%<>()[\],:=]))/y;
const KEYWORDS = new Set(["and", "or", "not", "in", "if", "else", "for", "True", "False", "lambda", "is", "None"]);

/** @throws PythonError for what is no expression of the grammar */
export function parsePython(text: string): Expression {
  const parser = new Parser(tokensOf(text.trim()));
  return parser.whole();
}

function tokensOf(text: string): string[] {
  if (text.length > LONGEST) throw new PythonError(`an expression has ${LONGEST} characters at most`);
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (!token) throw new PythonError(`cannot read ${JSON.stringify(text.slice(at, at + 10))}`);
    tokens.push(token[0].trim());
  }
  return tokens;
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly string[]) {}

  whole(): Expression {
    const expression = this.expression();
    if (this.at < this.tokens.length) throw new PythonError(`unexpected ${this.tokens[this.at]}`);
    return expression;
  }

  /** A conditional, or less. */
  private expression(): Expression {
    return this.nested(() => {
      const yes = this.either();
      if (!this.take("if")) return yes;
      const condition = this.either();
      this.expect("else");
      return { kind: "conditional", condition, yes, no: this.expression() };
    });
  }

  private either(): Expression {
    let left = this.both();
    while (this.take("or")) left = { kind: "logical", operator: "or", left, right: this.both() };
    return left;
  }

  private both(): Expression {
    let left = this.negation();
    while (this.take("and")) left = { kind: "logical", operator: "and", left, right: this.negation() };
    return left;
  }

  private negation(): Expression {
    if (!this.take("not")) return this.comparison();
    return this.nested(() => ({ kind: "unary", operator: "not", operand: this.negation() }));
  }

  private comparison(): Expression {
    const first = this.sum();
    const rest: { operator: Comparison; operand: Expression }[] = [];
    for (let operator = this.comparator(); operator; operator = this.comparator())
      rest.push({ operator, operand: this.sum() });
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  private comparator(): Comparison | undefined {
    if (this.tokens[this.at] === "not" && this.tokens[this.at + 1] === "in") {
      this.at += 2;
      return "not in";
    }
    return this.take("==", "!=", "<", "<=", ">", ">=", "in") as Comparison | undefined;
  }

  private sum(): Expression {
    let left = this.product();
    for (let operator = this.take("+", "-"); operator; operator = this.take("+", "-"))
      left = { kind: "binary", operator: operator as BinaryOperator, left, right: this.product() };
    return left;
  }

  private product(): Expression {
    let left = this.signed();
    for (let operator = this.take("*", "//", "%"); operator; operator = this.take("*", "//", "%"))
      left = { kind: "binary", operator: operator as BinaryOperator, left, right: this.signed() };
    return left;
  }

  /** A sign binds weaker than a power. */
  private signed(): Expression {
    const operator = this.take("-", "+") as "-" | "+" | undefined;
    if (operator) return this.nested(() => ({ kind: "unary", operator, operand: this.signed() }));
    const base = this.subscripted();
    if (!this.take("**")) return base;
    return this.nested(() => ({ kind: "binary", operator: "**", left: base, right: this.signed() }));
  }

  private subscripted(): Expression {
    let list = this.atom();
    while (this.take("[")) list = this.subscript(list);
    return list;
  }

  private subscript(list: Expression): Expression {
    const from = this.unless(":");
    if (from && this.take("]")) return { kind: "index", list, at: from };
    this.expect(":");
    const to = this.unless("]", ":");
    const step = this.take(":") ? this.unless("]") : undefined;
    this.expect("]");
    return { kind: "slice", list, ...(from && { from }), ...(to && { to }), ...(step && { step }) };
  }

  /** An expression, where none of these tokens stands in its place. */
  private unless(...ends: string[]): Expression | undefined {
    return ends.includes(this.tokens[this.at] ?? "") ? undefined : this.expression();
  }

  private atom(): Expression {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new PythonError("the expression ends too early");
    if (/^0+[1-9]/.test(token)) throw new PythonError("a number begins with no 0");
    if (/^\d/.test(token)) return { kind: "constant", value: BigInt(token) };
    if (token === "True" || token === "False") return { kind: "constant", value: token === "True" };
    if (token === "[") return this.list("]");
    if (token === "(") {
      const inner = this.expression();
      this.expect(")");
      return inner;
    }
    if (!/^[A-Za-z_]/.test(token) || KEYWORDS.has(token)) throw new PythonError(`unexpected ${token}`);
    return this.take("(") ? this.call(token) : { kind: "name", name: token };
  }

  private list(end: string): Expression {
    if (this.take(end)) return { kind: "list", items: [] };
    const first = this.expression();
    if (this.tokens[this.at] === "for") {
      const comprehension = this.comprehension(first);
      this.expect(end);
      return comprehension;
    }
    const items = [first];
    while (this.take(",") && this.tokens[this.at] !== end) items.push(this.expression());
    this.expect(end);
    return { kind: "list", items };
  }

  /** Behind its item: `for v in x if v > 1`. */
  private comprehension(item: Expression): Expression & { kind: "comprehension" } {
    this.expect("for");
    const variable = this.tokens[this.at++] ?? "";
    if (!/^[A-Za-z_]/.test(variable) || KEYWORDS.has(variable)) throw new PythonError("a name is wanted behind for");
    this.expect("in");
    const of = this.either();
    const conditions: Expression[] = [];
    while (this.take("if")) conditions.push(this.either());
    return { kind: "comprehension", item, variable, of, conditions };
  }

  private call(name: string): Expression {
    const args: Expression[] = [];
    let reverse: Expression | undefined;
    while (!this.take(")")) {
      if (args.length > 0 || reverse) this.expect(",");
      if (this.tokens[this.at] === "reverse" && this.tokens[this.at + 1] === "=") {
        this.at += 2;
        reverse = this.expression();
        continue;
      }
      const argument = this.expression();
      args.push(this.tokens[this.at] === "for" ? { ...this.comprehension(argument), lazy: true } : argument);
    }
    return { kind: "call", name, args, ...(reverse && { reverse }) };
  }

  private take(...wanted: string[]): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.at++;
    return token;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw new PythonError(`${token} is wanted, not ${this.tokens[this.at] ?? "the end"}`);
  }

  private nested(read: () => Expression): Expression {
    if (++this.depth > DEEPEST) throw new PythonError("too many expressions in one another");
    const expression = read();
    this.depth--;
    return expression;
  }
}
