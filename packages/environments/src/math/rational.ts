/** Exact rational arithmetic: no rounding decides whether an answer is right. */

/** Numerator and denominator without common factors, the denominator above 0. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** @returns undefined where the denominator is 0 */
export function rational(n: bigint, d = 1n): Rational | undefined {
  if (d === 0n) return undefined;
  const common = gcd(abs(n), abs(d)) * (d < 0n ? -1n : 1n);
  return { n: n / common, d: d / common };
}

export const add = (a: Rational, b: Rational) => rational(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational) => rational(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational) => rational(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational) => rational(a.n * b.d, a.d * b.n);

/** Whole powers only. @returns undefined for others, for 0 to a negative power, and for results past 4096 bits */
export function power(base: Rational, exponent: Rational): Rational | undefined {
  const bits = Math.max(abs(base.n).toString(2).length, base.d.toString(2).length);
  const times = abs(exponent.n);
  if (exponent.d !== 1n || times * BigInt(bits) > 4096n) return undefined;
  return exponent.n < 0n ? rational(base.d ** times, base.n ** times) : rational(base.n ** times, base.d ** times);
}

export const equal = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;
