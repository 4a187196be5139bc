/** Elementary functions of balls: argument reduction, then a Taylor series whose remainder widens the ball. */

import {
  addBalls,
  type Ball,
  ball,
  ballOf,
  divideBalls,
  magnitude,
  multiplyBalls,
  negateBall,
  rootOfBall,
  signOf,
  widenBy,
} from "./ball.js";
import { bitLength, Undefined } from "./limits.js";
import { whole } from "./rational.js";

const ONE: Ball = { m: 1n, r: 0n, e: 0 };
/** Larger arguments of sine and exponential lose all precision, or have no place in an answer. In bits. */
const LARGEST_ARGUMENT = 48;

const constants = new Map<string, Ball>();
function constant(name: string, precision: number, compute: (bits: number) => Ball): Ball {
  const key = `${name} ${precision}`;
  let value = constants.get(key);
  if (!value) {
    if (constants.size > 200) constants.clear();
    value = compute(precision + 32);
    constants.set(key, value);
  }
  return value;
}

/** atan(1/n) or atanh(1/n) in units of 2^-bits, each term off by at most 1. */
function inverseSeries(n: bigint, bits: number, alternating: boolean): { sum: bigint; terms: bigint } {
  let power = (1n << BigInt(bits)) / n;
  let [sum, k] = [0n, 0n];
  for (; power !== 0n; k++, power /= n * n) sum += (alternating && k % 2n === 1n ? -power : power) / (2n * k + 1n);
  return { sum, terms: 2n * k + 2n };
}

function machin(parts: readonly (readonly [factor: bigint, n: bigint])[], bits: number, alternating: boolean): Ball {
  let [m, r] = [0n, 0n];
  for (const [factor, n] of parts) {
    const { sum, terms } = inverseSeries(n, bits, alternating);
    m += factor * sum;
    r += (factor < 0n ? -factor : factor) * terms;
  }
  return { m, r, e: -bits };
}

export const pi = (precision: number): Ball =>
  constant("pi", precision, (bits) =>
    machin(
      [
        [16n, 5n],
        [-4n, 239n],
      ],
      bits,
      true,
    ),
  );

const ln2 = (precision: number): Ball =>
  constant("ln2", precision, (bits) =>
    machin(
      [
        [18n, 26n],
        [-2n, 4801n],
        [8n, 8749n],
      ],
      bits,
      false,
    ),
  );

/** The whole number nearest to about x. */
function nearest({ m, e }: Ball): bigint {
  if (e >= 0) return m << BigInt(e);
  return (m + (1n << BigInt(-e - 1))) >> BigInt(-e);
}

function smallEnough(x: Ball): void {
  if (magnitude(x) > LARGEST_ARGUMENT) throw new Undefined("the argument of a function is too large");
}

/** x - k * unit for the whole k that brings it nearest to 0. */
function reduce(x: Ball, unit: (precision: number) => Ball, precision: number): { rest: Ball; k: bigint } {
  const bits = precision + Math.max(0, magnitude(x)) + 32;
  const k = nearest(divideBalls(x, unit(bits), bits));
  const multiple = multiplyBalls(ballOf(whole(k), bits), unit(bits), bits);
  return { rest: addBalls(x, negateBall(multiple), bits), k };
}

/** Halvings before the series of the exponential. */
const HALVINGS = 8;

export function exp(x: Ball, precision: number): Ball {
  smallEnough(x);
  const bits = precision + 40;
  const { rest, k } = reduce(x, ln2, bits);
  const small: Ball = { ...rest, e: rest.e - HALVINGS };
  let [sum, term] = [ONE, ONE];
  for (let n = 1; magnitude(term) > -bits; n++) {
    term = divideBalls(multiplyBalls(term, small, bits), ballOf(whole(n), bits), bits);
    sum = addBalls(sum, term, bits);
    if (n > bits) throw new Undefined("too wide an interval");
  }
  let value = widenBy(sum, magnitude(term), bits);
  for (let i = 0; i < HALVINGS; i++) value = multiplyBalls(value, value, bits);
  return ball(value.m, value.r, value.e + Number(k), precision);
}

/** @throws Undefined where x may be 0 or below */
export function ln(x: Ball, precision: number): Ball {
  if (signOf(x) !== 1) throw new Undefined("the logarithm of a number that may not be positive");
  const bits = precision + 32;
  let k = bitLength(x.m) + x.e;
  let near: Ball = { ...x, e: x.e - k };
  // Into about 0.7 to 1.4: near 1 nothing cancels.
  while (near.m << 16n < 46341n << BigInt(-near.e)) {
    near = { ...near, e: near.e + 1 };
    k--;
  }
  const y = divideBalls(addBalls(near, negateBall(ONE), bits), addBalls(near, ONE, bits), bits);
  const series = oddSeries(y, bits, false);
  const shift = multiplyBalls(ballOf(whole(k), bits), ln2(bits), bits);
  return addBalls({ ...series, e: series.e + 1 }, shift, precision);
}

/** y ± y^3/3 + y^5/5 ..., for |y| < 1/4 or so: atanh, or atan where the signs alternate. */
function oddSeries(y: Ball, bits: number, alternating: boolean): Ball {
  const square = multiplyBalls(y, y, bits);
  let [sum, power] = [y, y];
  for (let k = 1; magnitude(power) > magnitude(y) - bits && power.m !== 0n; k++) {
    power = multiplyBalls(power, alternating ? negateBall(square) : square, bits);
    sum = addBalls(sum, divideBalls(power, ballOf(whole(2 * k + 1), bits), bits), bits);
    if (k > bits) throw new Undefined("too wide an interval");
  }
  return widenBy(sum, magnitude(power) + 1, bits);
}

/** Sine and cosine together. */
export function sinCos(x: Ball, precision: number): { sin: Ball; cos: Ball } {
  smallEnough(x);
  const bits = precision + 40;
  const halfPi = (wanted: number): Ball => ({ ...pi(wanted), e: pi(wanted).e - 1 });
  const { rest, k } = reduce(x, halfPi, bits);
  const sin = trigonometricSeries(rest, 1, bits);
  const cos = trigonometricSeries(rest, 0, bits);
  const quarter = Number(((k % 4n) + 4n) % 4n);
  const [s, c] = quarter % 2 === 0 ? [sin, cos] : [cos, sin];
  return { sin: quarter < 2 ? s : negateBall(s), cos: quarter === 0 || quarter === 3 ? c : negateBall(c) };
}

function trigonometricSeries(x: Ball, first: 0 | 1, bits: number): Ball {
  const square = negateBall(multiplyBalls(x, x, bits));
  let term = first === 1 ? x : ONE;
  let sum = term;
  for (let n = first + 1; magnitude(term) > -bits - 8 && term.m !== 0n; n += 2) {
    term = divideBalls(multiplyBalls(term, square, bits), ballOf(whole(n * (n + 1)), bits), bits);
    sum = addBalls(sum, term, bits);
    if (n > 4 * bits) throw new Undefined("too wide an interval");
  }
  return widenBy(sum, magnitude(term), bits);
}

export function atan(x: Ball, precision: number): Ball {
  const bits = precision + 32;
  let small = x;
  const halvings = 3;
  for (let i = 0; i < halvings; i++) {
    const hypotenuse = rootOfBall(addBalls(ONE, multiplyBalls(small, small, bits), bits), 2, bits);
    small = divideBalls(small, addBalls(ONE, hypotenuse, bits), bits);
  }
  const value = oddSeries(small, bits, true);
  return ball(value.m, value.r, value.e + halvings, precision);
}
