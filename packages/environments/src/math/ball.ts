/**
 * Interval arithmetic on BigInt: a ball `(m ± r) * 2^e` surely contains the number it stands for. The mantissa keeps a given
 * count of bits and the exponent is free, so precision is relative: 1/2^99 and 1/2^98 are as far apart as 1 and 2.
 */

import { bitLength, Undefined } from "./limits.js";
import { abs, type Rational, wholeRoot } from "./rational.js";

export interface Ball {
  readonly m: bigint;
  readonly r: bigint;
  readonly e: number;
}

/** Exponents past this are given up, long before they stop being whole numbers. */
const LARGEST_EXPONENT = 2 ** 48;

/** Keeps about `precision` bits of the mantissa and 64 of the radius, rounding outwards. */
export function ball(m: bigint, r: bigint, e: number, precision: number): Ball {
  const excess = Math.max(bitLength(m) - precision, bitLength(r) - 64);
  if (excess > 0) {
    const shift = BigInt(excess);
    m >>= shift;
    r = (r >> shift) + 2n;
    e += excess;
  }
  if (Math.abs(e) > LARGEST_EXPONENT) throw new Undefined("the number is too large or too small");
  return { m, r, e };
}

export function ballOf({ n, d }: Rational, precision: number): Ball {
  if (n === 0n) return { m: 0n, r: 0n, e: 0 };
  const shift = precision + bitLength(d) - bitLength(n);
  const top = shift >= 0 ? n << BigInt(shift) : n;
  const bottom = shift >= 0 ? d : d << BigInt(-shift);
  const m = top / bottom;
  return ball(m, m * bottom === top ? 0n : 1n, -shift, precision + 8);
}

/** The number is below 2^magnitude in size. */
export const magnitude = ({ m, r, e }: Ball): number => bitLength(abs(m) + r) + e;

const isZero = ({ m, r }: Ball): boolean => m === 0n && r === 0n;

/** @returns undefined where the ball contains 0 and more */
export function signOf({ m, r }: Ball): -1 | 0 | 1 | undefined {
  return m > r ? 1 : m < -r ? -1 : m === 0n && r === 0n ? 0 : undefined;
}

export const negateBall = ({ m, r, e }: Ball): Ball => ({ m: -m, r, e });

export function addBalls(a: Ball, b: Ball, precision: number): Ball {
  if (isZero(a)) return b;
  if (isZero(b)) return a;
  // Bits this far below the larger number only widen the radius.
  const lowest = Math.max(Math.min(a.e, b.e), Math.max(magnitude(a), magnitude(b)) - precision - 80);
  const [x, y] = [atExponent(a, lowest), atExponent(b, lowest)];
  return ball(x.m + y.m, x.r + y.r, lowest, precision);
}

function atExponent({ m, r, e }: Ball, wanted: number): Ball {
  if (wanted <= e) return { m: m << BigInt(e - wanted), r: r << BigInt(e - wanted), e: wanted };
  const shift = wanted - e;
  if (shift > bitLength(m) + bitLength(r)) return { m: 0n, r: 1n, e: wanted };
  return { m: m >> BigInt(shift), r: (r >> BigInt(shift)) + 2n, e: wanted };
}

export function multiplyBalls(a: Ball, b: Ball, precision: number): Ball {
  return ball(a.m * b.m, abs(a.m) * b.r + abs(b.m) * a.r + a.r * b.r, a.e + b.e, precision);
}

/** @throws Undefined where the divisor may be 0 */
export function divideBalls(a: Ball, b: Ball, precision: number): Ball {
  const least = abs(b.m) - b.r;
  if (least <= 0n) throw new Undefined("division by 0");
  const shift = BigInt(Math.max(0, precision + bitLength(b.m) - bitLength(a.m)));
  const m = (a.m << shift) / b.m;
  const r = ((abs(a.m) * b.r + abs(b.m) * a.r) << shift) / (abs(b.m) * least) + 2n;
  return ball(m, r, a.e - b.e - Number(shift), precision);
}

/** The nth root of a number above 0. @throws Undefined where it may be below */
export function rootOfBall({ m, r, e }: Ball, n: number, precision: number): Ball {
  if (m <= r) throw new Undefined("a root of a number that may be negative");
  let shift = Math.max(0, n * precision - bitLength(m));
  shift += (((e - shift) % n) + n) % n;
  const low = wholeRoot((m - r) << BigInt(shift), n);
  const high = wholeRoot((m + r) << BigInt(shift), n) + 1n;
  return ball((low + high) >> 1n, ((high - low) >> 1n) + 1n, (e - shift) / n, precision);
}

/** A ball around the same middle, wider by 2^exponent on both sides. */
export function widenBy({ m, r, e }: Ball, exponent: number, precision: number): Ball {
  return addBalls({ m, r, e }, { m: 0n, r: 1n, e: exponent }, precision);
}
