/** Interpreter of small Python expressions, in this process: no names but those given, bounded in steps and sizes. */

import { BUILTINS } from "./builtins.js";
import { parsePython } from "./parse.js";
import type { BinaryOperator, Comparison, Expression } from "./syntax.js";
import { asList, asNumber, compare, isTrue, PythonError, same, type Value } from "./value.js";

const MOST_STEPS = 20_000;
const MOST_ITEMS = 2000;
const MOST_BITS = 2048;

/**
 * The value of an expression of whole numbers, truth values and lists: + - * // % **, comparisons, and / or / not, if / else,
 * indices, slices, comprehensions, and the functions of `BUILTINS`.
 *
 * @throws PythonError for what is no such expression, what Python would refuse, and what takes too long
 */
export function evaluatePython(text: string, names: Readonly<Record<string, Value>> = {}): Value {
  return new Evaluation().value(parsePython(text), new Map(Object.entries(names)));
}

type Names = ReadonlyMap<string, Value>;

/** What gives an iterator in Python, which is no list: only these functions, and comprehensions, take one. */
const TAKE_ITERATORS = new Set(["list", "sorted", "sum", "max", "min", "any", "all"]);

/** These take a range, too, which has a length and an order. */
const TAKE_RANGES = new Set([...TAKE_ITERATORS, "len", "reversed"]);

const calls = (expression: Expression, name: string): boolean => expression.kind === "call" && expression.name === name;

function isIterator(expression: Expression): boolean {
  if (expression.kind === "comprehension") return expression.lazy === true;
  return calls(expression, "reversed") || calls(expression, "range");
}

/** Values of expressions, whose steps count together. */
export class Evaluation {
  private steps = 0;

  value(expression: Expression, names: Names, mayIterate = false): Value {
    if (!mayIterate && isIterator(expression)) throw new PythonError("no list: put list(...) around it");
    if (++this.steps > MOST_STEPS) throw new PythonError("the expression takes too long");
    const of = (inner: Expression) => this.value(inner, names);
    switch (expression.kind) {
      case "constant":
        return expression.value;
      case "name": {
        const value = names.get(expression.name);
        if (value === undefined) throw new PythonError(`there is no ${expression.name}`);
        return value;
      }
      case "list":
        return expression.items.map(of);
      case "comprehension":
        return this.comprehension(expression, names);
      case "unary": {
        const operand = of(expression.operand);
        if (expression.operator === "not") return !isTrue(operand);
        return expression.operator === "-" ? -asNumber(operand) : asNumber(operand);
      }
      case "binary":
        return bounded(binary(expression.operator, of(expression.left), of(expression.right)));
      case "logical": {
        const left = of(expression.left);
        return isTrue(left) === (expression.operator === "or") ? left : of(expression.right);
      }
      case "compare":
        return this.comparison(expression, names);
      case "conditional":
        return of(isTrue(of(expression.condition)) ? expression.yes : expression.no);
      case "call":
        return this.call(expression, names);
      case "index":
        return item(
          asList(this.value(expression.list, names, calls(expression.list, "range"))),
          asNumber(of(expression.at)),
        );
      case "slice": {
        const bound = (inner: Expression | undefined) => inner && asNumber(of(inner));
        return slice(asList(of(expression.list)), bound(expression.from), bound(expression.to), bound(expression.step));
      }
    }
  }

  private comprehension(expression: Expression & { kind: "comprehension" }, names: Names): Value[] {
    const items: Value[] = [];
    for (const value of asList(this.value(expression.of, names, true))) {
      const inner = new Map(names).set(expression.variable, value);
      if (expression.conditions.every((condition) => isTrue(this.value(condition, inner))))
        items.push(this.value(expression.item, inner));
    }
    return items;
  }

  private comparison(expression: Expression & { kind: "compare" }, names: Names): boolean {
    let left = this.value(expression.first, names);
    for (const { operator, operand } of expression.rest) {
      const right = this.value(operand, names, operator === "in" || operator === "not in");
      if (!holds(operator, left, right)) return false;
      left = right;
    }
    return true;
  }

  private call({ name, args, reverse }: Expression & { kind: "call" }, names: Names): Value {
    const builtin = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
    if (!builtin) throw new PythonError(`there is no function ${name}`);
    if (reverse && name !== "sorted") throw new PythonError(`${name} takes no reverse`);
    const values = args.map((argument) => {
      const takes = calls(argument, "range") ? TAKE_RANGES : TAKE_ITERATORS;
      return this.value(argument, names, args.length === 1 && takes.has(name));
    });
    this.steps += values.reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0);
    const result = bounded(builtin(values));
    return reverse && isTrue(this.value(reverse, names)) ? asList(result).toReversed() : result;
  }
}

function bounded(value: Value): Value {
  if (Array.isArray(value) && value.length > MOST_ITEMS) throw new PythonError("the list is too long");
  if (typeof value === "bigint" && BigInt.asIntN(MOST_BITS, value) !== value) throw new PythonError("too large");
  return value;
}

function holds(operator: Comparison, left: Value, right: Value): boolean {
  switch (operator) {
    case "==":
      return same(left, right);
    case "!=":
      return !same(left, right);
    case "in":
      return asList(right).some((value) => same(value, left));
    case "not in":
      return !asList(right).some((value) => same(value, left));
    case "<":
      return compare(left, right) < 0;
    case "<=":
      return compare(left, right) <= 0;
    case ">":
      return compare(left, right) > 0;
    case ">=":
      return compare(left, right) >= 0;
  }
}

function binary(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === "+" && Array.isArray(left)) return [...left, ...asList(right)];
  if (operator === "*" && Array.isArray(left)) return repeat(left, asNumber(right));
  if (operator === "*" && Array.isArray(right)) return repeat(right, asNumber(left));
  const [a, b] = [asNumber(left), asNumber(right)];
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "**":
      return power(a, b);
    case "//":
      return (a - modulo(a, b)) / b;
    case "%":
      return modulo(a, b);
  }
}

/** With the sign of the divisor. */
function modulo(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new PythonError("division by zero");
  return ((a % b) + b) % b;
}

function power(a: bigint, b: bigint): bigint {
  if (b < 0n) throw new PythonError("no power below 0");
  if (b * BigInt(a.toString(2).length) > MOST_BITS) throw new PythonError("too large");
  return a ** b;
}

function repeat(list: readonly Value[], times: bigint): Value[] {
  if (times * BigInt(list.length) > MOST_ITEMS) throw new PythonError("the list is too long");
  return Array.from({ length: Math.max(0, Number(times)) }, () => list).flat() as Value[];
}

function item(list: readonly Value[], at: bigint): Value {
  const value = list.at(Number(at));
  if (value === undefined) throw new PythonError("the list is shorter than that");
  return value;
}

/** Python's `list[from:to:step]`: bounds below 0 count from the end, those outside are moved to it. */
function slice(list: readonly Value[], from?: bigint, to?: bigint, step = 1n): Value[] {
  if (step === 0n) throw new PythonError("a slice's step is not 0");
  const [length, forward] = [BigInt(list.length), step > 0n];
  const [least, most] = forward ? [0n, length] : [-1n, length - 1n];
  const within = (at: bigint | undefined, otherwise: bigint) => {
    if (at === undefined) return otherwise;
    const counted = at < 0n ? at + length : at;
    return counted < least ? least : counted > most ? most : counted;
  };
  const [start, end] = [within(from, forward ? least : most), within(to, forward ? most : least)];
  const items: Value[] = [];
  for (let at = start; forward ? at < end : at > end; at += step) items.push(list[Number(at)]!);
  return items;
}
