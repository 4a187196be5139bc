/** Exact rational arithmetic: no rounding decides whether an answer is right. */

import { bitLength } from "./limits.js";

/** The denominator above 0. Without common factors, except where both are too large to look for them. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** Euclid's algorithm takes quadratic time: larger fractions stay as they are. */
const REDUCED_BITS = 8192;

export const abs = (n: bigint): bigint => (n < 0n ? -n : n);

export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return abs(a);
}

/** @returns undefined where the denominator is 0 */
export function rational(n: bigint, d = 1n): Rational | undefined {
  if (d === 1n) return { n, d };
  if (d === 0n) return undefined;
  const sign = d < 0n ? -1n : 1n;
  if (bitLength(n) > REDUCED_BITS || bitLength(d) > REDUCED_BITS) return { n: n * sign, d: d * sign };
  const common = gcd(n, d) * sign;
  return { n: n / common, d: d / common };
}

export const whole = (n: bigint | number): Rational => ({ n: BigInt(n), d: 1n });
export const add = (a: Rational, b: Rational) => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational) => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational) => rational(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational) => rational(a.n * b.d, a.d * b.n);

/** Whole powers only. @returns undefined for others, for 0 to the power of 0 or less, and for results past `most` bits */
export function power(base: Rational, exponent: Rational, most = 4096): Rational | undefined {
  const bits = Math.max(abs(base.n).toString(2).length, base.d.toString(2).length);
  const times = abs(exponent.n);
  if (times === 0n && base.n === 0n) return undefined;
  if (exponent.d !== 1n || times * BigInt(bits) > BigInt(most)) return undefined;
  return exponent.n < 0n ? rational(base.d ** times, base.n ** times) : rational(base.n ** times, base.d ** times);
}

/** Below 0, 0 or above 0, as `a` is to `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The largest whole number not above it. */
export function floor({ n, d }: Rational): bigint {
  const quotient = n / d;
  return n < 0n && quotient * d !== n ? quotient - 1n : quotient;
}

/** The largest whole number whose nth power is not above `x`, which is not below 0. Newton's iteration. */
export function wholeRoot(x: bigint, n: number): bigint {
  if (x < 2n || n === 1) return x;
  const degree = BigInt(n);
  let guess = 1n << BigInt(Math.ceil(bitLength(x) / n) + 1);
  for (;;) {
    const next = ((degree - 1n) * guess + x / guess ** (degree - 1n)) / degree;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** The exact nth root of a number not below 0. @returns undefined where it is no rational */
export function exactRoot({ n, d }: Rational, degree: number): Rational | undefined {
  const [top, bottom] = [wholeRoot(n, degree), wholeRoot(d, degree)];
  return top ** BigInt(degree) === n && bottom ** BigInt(degree) === d ? rational(top, bottom) : undefined;
}
