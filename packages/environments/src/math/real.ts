/** Real numbers: exact rationals as long as that is possible and small enough, balls after that. */

import {
  addBalls,
  type Ball,
  ballOf,
  divideBalls,
  magnitude,
  multiplyBalls,
  negateBall,
  rootOfBall,
  signOf,
} from "./ball.js";
import { atan, exp, ln, pi, sinCos } from "./ball-functions.js";
import { type Budget, bitLength, EXACT_BITS, Undefined } from "./limits.js";
import type { Rational } from "./rational.js";
import * as exact from "./rational.js";

export type Real = Rational | Ball;

export const isExact = (x: Real): x is Rational => "n" in x;
export const ZERO: Real = exact.whole(0);
export const ONE: Real = exact.whole(1);

/** Roots take quadratic time in their degree and in their bits. */
const HIGHEST_ROOT = 40;
const LONGEST_ROOT = 16_384;

/** Real arithmetic at one precision (bits), within a budget. */
export class Reals {
  /** Size of the largest summand so far, as a power of 2: what a sum that may be 0 is small against. */
  largestSummand = Number.NEGATIVE_INFINITY;
  /** Bits of all exact numbers that became balls: the more, the closer two different numbers may be. */
  complexity = 0;

  constructor(
    readonly precision: number,
    private readonly budget: Budget,
  ) {}

  /** @throws CannotTell when nothing is left */
  spend(cost: number): void {
    this.budget.spend(cost);
  }

  ball(x: Real): Ball {
    if (!isExact(x)) return x;
    this.complexity += bitLength(x.n) + bitLength(x.d) - 2;
    return ballOf(x, this.precision);
  }

  add(a: Real, b: Real): Real {
    const sum = this.exactly(a, b, exact.add, (x, y) => addBalls(x, y, this.precision));
    if (!isExact(sum)) for (const x of [a, b]) this.largestSummand = Math.max(this.largestSummand, this.size(x));
    return sum;
  }

  negate = (a: Real): Real => (isExact(a) ? { n: -a.n, d: a.d } : negateBall(a));
  subtract = (a: Real, b: Real): Real => this.add(a, this.negate(b));

  multiply(a: Real, b: Real): Real {
    if (this.sign(a) === 0 || this.sign(b) === 0) return ZERO;
    return this.exactly(a, b, exact.multiply, (x, y) => multiplyBalls(x, y, this.precision));
  }

  /** @throws Undefined for a divisor that may be 0 */
  divide(a: Real, b: Real): Real {
    if (this.sign(b) === 0) throw new Undefined("division by 0");
    if (this.sign(a) === 0 && this.sign(b) !== undefined) return ZERO;
    return this.exactly(a, b, exact.divide, (x, y) => divideBalls(x, y, this.precision));
  }

  /** @returns undefined where it cannot be told from 0 */
  sign(x: Real): -1 | 0 | 1 | undefined {
    if (!isExact(x)) return signOf(x);
    return x.n > 0n ? 1 : x.n < 0n ? -1 : 0;
  }

  /** The sign. @throws Undefined where it cannot be told */
  mustSign(x: Real): -1 | 0 | 1 {
    const sign = this.sign(x);
    if (sign === undefined) throw new Undefined("a number that cannot be told from 0");
    return sign;
  }

  /** The exponent of a power of 2 above |x|; -Infinity for 0. */
  size(x: Real): number {
    if (this.sign(x) === 0) return Number.NEGATIVE_INFINITY;
    return isExact(x) ? bitLength(x.n) - bitLength(x.d) + 4 : magnitude(x);
  }

  /** To a whole power, exactly where the result is not too large. */
  wholePower(base: Real, exponent: bigint): Real {
    if (exponent === 0n) return ONE;
    if (exponent < 0n && this.sign(base) === 0) throw new Undefined("division by 0");
    if (isExact(base)) {
      const value = exact.power(base, exact.whole(exponent), EXACT_BITS);
      if (value) {
        this.budget.spend(1 + (bitLength(value.n) + bitLength(value.d)) / 64);
        return value;
      }
      this.complexity += Number(exact.abs(exponent)) * bitLength(base.n * base.d);
    }
    const times = exact.abs(exponent);
    if (bitLength(times) > 48) throw new Undefined("the exponent is too large");
    let [result, square]: [Ball, Ball] = [ballOf(exact.whole(1), this.precision), this.plainBall(base)];
    for (let rest = times; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = multiplyBalls(result, square, this.precision);
      if (rest > 1n) square = multiplyBalls(square, square, this.precision);
      this.budget.spend(4);
    }
    return exponent > 0n ? result : divideBalls(this.plainBall(ONE), result, this.precision);
  }

  /** The nth root of a number not below 0. */
  root(x: Real, n: number): Real {
    if (n < 1 || n > HIGHEST_ROOT) throw new Undefined("a root of that degree");
    if (this.mustSign(x) < 0) throw new Undefined("a root of a negative number");
    if (this.sign(x) === 0) return ZERO;
    if (isExact(x) && bitLength(x.n) + bitLength(x.d) < LONGEST_ROOT) {
      this.budget.spend((n * (bitLength(x.n) + bitLength(x.d))) / 32);
      const value = exact.exactRoot(x, n);
      if (value) return value;
    }
    return this.spent(4 * n * n, () => rootOfBall(this.ball(x), n, this.precision));
  }

  pi = (): Real => pi(this.precision);
  exp = (x: Real): Real => (this.sign(x) === 0 ? ONE : this.spent(100, () => exp(this.ball(x), this.precision)));
  ln = (x: Real): Real => (isExact(x) && x.n === x.d ? ZERO : this.spent(100, () => ln(this.ball(x), this.precision)));
  atan = (x: Real): Real => (this.sign(x) === 0 ? ZERO : this.spent(150, () => atan(this.ball(x), this.precision)));
  sinCos(x: Real): { sin: Real; cos: Real } {
    if (this.sign(x) === 0) return { sin: ZERO, cos: ONE };
    return this.spent(150, () => sinCos(this.ball(x), this.precision));
  }

  /** @throws Undefined where it lies too near to a whole number to tell */
  floor(x: Real): bigint {
    if (isExact(x)) return exact.floor(x);
    if (magnitude(x) > 4096) throw new Undefined("too large to round");
    const unit = 1n << BigInt(Math.max(0, -x.e));
    const scale = 1n << BigInt(Math.max(0, x.e));
    const [low, high] = [x.m - x.r, x.m + x.r].map((end) => exact.floor({ n: end * scale, d: unit }));
    if (low !== high) throw new Undefined("too near to a whole number to round");
    return low!;
  }

  private plainBall = (x: Real): Ball => (isExact(x) ? ballOf(x, this.precision) : x);

  private spent<T>(cost: number, compute: () => T): T {
    this.budget.spend(cost * (this.precision / 320) ** 2);
    return compute();
  }

  private exactly(
    a: Real,
    b: Real,
    exactly: (a: Rational, b: Rational) => Rational | undefined,
    roughly: (a: Ball, b: Ball) => Ball,
  ): Real {
    if (isExact(a) && isExact(b)) {
      const bits = bitLength(a.n) + bitLength(a.d) + bitLength(b.n) + bitLength(b.d);
      this.budget.spend(1 + bits / 64);
      if (bits <= 2 * EXACT_BITS) {
        const value = exactly(a, b);
        if (value === undefined) throw new Undefined("division by 0");
        return value;
      }
    }
    this.budget.spend(2 * (this.precision / 320));
    return roughly(this.ball(a), this.ball(b));
  }
}
