/** The value of an expression, its variables given as rationals: exact where that is possible. */

import {
  absolute,
  addComplex,
  type Complex,
  divideComplex,
  expComplex,
  I,
  multiplyComplex,
  negateComplex,
  powerComplex,
  real,
  realPart,
  rootComplex,
} from "./complex.js";
import { bitLength, CannotTell, Undefined } from "./limits.js";
import { abs, gcd, type Rational, whole } from "./rational.js";
import { isExact, ONE, type Real, type Reals } from "./real.js";
import type { Expression } from "./syntax.js";

export type Point = ReadonlyMap<string, Rational>;

const LARGEST_FACTORIAL = 5_000n;
/** Euclid's algorithm takes quadratic time. In bits. */
const LARGEST_GCD = 4096;

/** @throws Undefined where it has no value at this point, or none that can be computed */
export function evaluate(node: Expression, point: Point, r: Reals): Complex {
  r.spend(1);
  switch (node.kind) {
    case "number":
      return real(node.value);
    case "constant":
      if (node.name === "i") return I;
      if (node.name === "infinity") throw new CannotTell("infinity inside an expression");
      return real(node.name === "pi" ? r.pi() : r.exp(ONE));
    case "variable": {
      const value = point.get(node.name);
      if (!value) throw new Undefined(`${node.name} has no value`);
      return real(value);
    }
    case "call":
      return apply(node.name, node.args, point, r);
  }
}

function apply(name: string, args: readonly Expression[], point: Point, r: Reals): Complex {
  const [a, b] = args;
  if (!a) throw new CannotTell(`${name} without an argument`);
  const x = () => evaluate(a, point, r);
  if (args.length === 1) return applyOne(name, x(), r);
  if (!b) throw new CannotTell(`${name} without an argument`);
  if (name === "power" && a.kind === "constant" && a.name === "e") return expComplex(r, evaluate(b, point, r));
  const y = () => evaluate(b, point, r);
  if (name === "base") return x();
  if (["max", "min", "gcd", "lcm"].includes(name))
    return among(
      name,
      args.map((arg) => realPart(evaluate(arg, point, r))),
      r,
    );
  if (args.length > 2) throw new CannotTell(`${name} with ${args.length} arguments`);
  switch (name) {
    case "add":
      return addComplex(r, x(), y());
    case "subtract":
      return addComplex(r, x(), negateComplex(r, y()));
    case "multiply":
      return multiplyComplex(r, x(), y());
    case "divide":
      return divideComplex(r, x(), y());
    case "power":
      return powerComplex(r, x(), y());
    case "root":
      return rootComplex(r, y(), Number(wholePart(x())));
    case "logBase":
      return real(r.divide(r.ln(realPart(y())), r.ln(realPart(x()))));
    case "binom":
      return real({ n: binomial(wholePart(x()), wholePart(y()), r), d: 1n });
  }
  throw new CannotTell(`${name} is not understood`);
}

function applyOne(name: string, z: Complex, r: Reals): Complex {
  switch (name) {
    case "negate":
      return negateComplex(r, z);
    case "percent":
      return divideComplex(r, z, real(whole(100)));
    case "degrees":
      return multiplyComplex(r, z, real(r.divide(r.pi(), whole(180))));
    case "abs":
      return real(absolute(r, z));
    case "exp":
      return expComplex(r, z);
    case "sqrt":
      return rootComplex(r, z, 2);
    case "cbrt":
      return rootComplex(r, z, 3);
    case "factorial":
      return real(whole(factorial(wholePart(z), 1n, r)));
    case "doubleFactorial":
      return real(whole(factorial(wholePart(z), 2n, r)));
    case "floor":
      return real(whole(r.floor(realPart(z))));
    case "ceil":
      return real(whole(-r.floor(r.negate(realPart(z)))));
    case "ln":
      return real(r.ln(realPart(z)));
    case "log10":
      return real(r.divide(r.ln(realPart(z)), r.ln(whole(10))));
  }
  return real(trigonometric(name, realPart(z), r));
}

function trigonometric(name: string, x: Real, r: Reals): Real {
  const reciprocal: Readonly<Record<string, string>> = { sec: "cos", csc: "sin", cot: "tan" };
  if (reciprocal[name]) {
    if (name !== "cot") return r.divide(ONE, trigonometric(reciprocal[name], x, r));
    const { sin, cos } = r.sinCos(x);
    return r.divide(cos, sin);
  }
  const half = (y: Real) => r.divide(y, whole(2));
  switch (name) {
    case "sin":
      return r.sinCos(x).sin;
    case "cos":
      return r.sinCos(x).cos;
    case "tan": {
      const { sin, cos } = r.sinCos(x);
      return r.divide(sin, cos);
    }
    case "sinh":
      return half(r.subtract(r.exp(x), r.exp(r.negate(x))));
    case "cosh":
      return half(r.add(r.exp(x), r.exp(r.negate(x))));
    case "tanh":
      return r.divide(r.subtract(r.exp(x), r.exp(r.negate(x))), r.add(r.exp(x), r.exp(r.negate(x))));
    case "arctan":
      return r.atan(x);
    case "arcsin":
      return arcsine(x, r);
    case "arccos":
      return r.subtract(half(r.pi()), arcsine(x, r));
  }
  throw new CannotTell(`${name} is not understood`);
}

function arcsine(x: Real, r: Reals): Real {
  const rest = r.subtract(ONE, r.multiply(x, x));
  if (r.mustSign(rest) < 0) throw new Undefined("the arcsine of a number past 1");
  if (r.sign(rest) === 0) return r.multiply(r.divide(r.pi(), whole(2)), x);
  return r.atan(r.divide(x, r.root(rest, 2)));
}

function among(name: string, values: readonly Real[], r: Reals): Complex {
  if (name === "max" || name === "min")
    return real(
      values.reduce((best, value) => (r.mustSign(r.subtract(value, best)) > 0 === (name === "max") ? value : best)),
    );
  const wholes = values.map((value) => wholePart(real(value)));
  if (wholes.some((value) => bitLength(value) > LARGEST_GCD)) throw new Undefined("numbers too large to divide");
  const lcm = (a: bigint, b: bigint) => (a === 0n || b === 0n ? 0n : abs(a * b) / gcd(a, b));
  return real(whole(wholes.reduce(name === "gcd" ? gcd : lcm)));
}

/** @throws Undefined for what is not exactly a whole number */
function wholePart(z: Complex): bigint {
  const x = realPart(z);
  if (!isExact(x) || x.d !== 1n) throw new Undefined("it takes a whole number");
  return x.n;
}

function factorial(n: bigint, step: bigint, r: Reals): bigint {
  if (n < 0n || n > LARGEST_FACTORIAL) throw new Undefined("a factorial out of range");
  r.spend(Number(n) / 4);
  return product(n <= 1n ? 1n : 2n - (n % step === 0n ? 0n : 1n), n, step);
}

/** The product of low, low + step, ... up to high, halved so that the factors stay of one size. */
function product(low: bigint, high: bigint, step: bigint): bigint {
  if (low > high) return 1n;
  const count = (high - low) / step + 1n;
  if (count < 8n) {
    let value = low;
    for (let next = low + step; next <= high; next += step) value *= next;
    return value;
  }
  const middle = low + (count / 2n) * step;
  return product(low, middle - step, step) * product(middle, high, step);
}

function binomial(n: bigint, k: bigint, r: Reals): bigint {
  if (k < 0n || (n >= 0n && k > n)) return 0n;
  if (n < 0n || n > LARGEST_FACTORIAL) throw new Undefined("a binomial out of range");
  const few = k < n - k ? k : n - k;
  r.spend(Number(few));
  return product(n - few + 1n, n, 1n) / product(1n, few, 1n);
}
