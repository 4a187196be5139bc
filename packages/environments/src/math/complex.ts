/** Complex numbers of exact or interval parts: what an expression without variables evaluates to. */

import { Undefined } from "./limits.js";
import { compare, type Rational, whole } from "./rational.js";
import { isExact, ONE, type Real, type Reals, ZERO } from "./real.js";

export interface Complex {
  readonly re: Real;
  readonly im: Real;
}

export const real = (re: Real): Complex => ({ re, im: ZERO });
export const I: Complex = { re: ZERO, im: ONE };

export const isReal = ({ im }: Complex): boolean => isExact(im) && im.n === 0n;

/** @throws Undefined for a number that is not real */
export function realPart(z: Complex): Real {
  if (!isReal(z)) throw new Undefined("a function of a number that is not real");
  return z.re;
}

/** @returns undefined for what is no exact real number */
const exactReal = (z: Complex): Rational | undefined => (isReal(z) && isExact(z.re) ? z.re : undefined);

export const addComplex = (r: Reals, a: Complex, b: Complex): Complex => ({
  re: r.add(a.re, b.re),
  im: r.add(a.im, b.im),
});

export const negateComplex = (r: Reals, a: Complex): Complex => ({ re: r.negate(a.re), im: r.negate(a.im) });

export function multiplyComplex(r: Reals, a: Complex, b: Complex): Complex {
  if (isReal(a) && isReal(b)) return real(r.multiply(a.re, b.re));
  return {
    re: r.subtract(r.multiply(a.re, b.re), r.multiply(a.im, b.im)),
    im: r.add(r.multiply(a.re, b.im), r.multiply(a.im, b.re)),
  };
}

export function divideComplex(r: Reals, a: Complex, b: Complex): Complex {
  if (isReal(b)) return { re: r.divide(a.re, b.re), im: r.divide(a.im, b.re) };
  const size = r.add(r.multiply(b.re, b.re), r.multiply(b.im, b.im));
  const product = multiplyComplex(r, a, { re: b.re, im: r.negate(b.im) });
  return { re: r.divide(product.re, size), im: r.divide(product.im, size) };
}

/** a^b by the principal value; a negative base takes whole and half powers only. */
export function powerComplex(r: Reals, a: Complex, b: Complex): Complex {
  const exponent = exactReal(b);
  if (exponent?.d === 1n) return wholePower(r, a, exponent.n);
  const base = realPart(a);
  if (!isReal(b)) throw new Undefined("a power with a complex exponent");
  const sign = r.mustSign(base);
  if (sign === 0) {
    if (r.mustSign(b.re) > 0) return real(ZERO);
    throw new Undefined("0 to a power that is not positive");
  }
  if (exponent && exponent.d <= 12n) {
    if (sign < 0 && exponent.d !== 2n) throw new Undefined("a broken power of a negative number");
    const root = rootComplex(r, a, Number(exponent.d));
    return wholePower(r, root, exponent.n);
  }
  if (sign < 0) throw new Undefined("a broken power of a negative number");
  return real(r.exp(r.multiply(b.re, r.ln(base))));
}

function wholePower(r: Reals, a: Complex, exponent: bigint): Complex {
  if (exponent === 0n && [a.re, a.im].every((part) => r.sign(part) !== 1 && r.sign(part) !== -1))
    throw new Undefined("0 to the power of 0");
  if (isReal(a)) return real(r.wholePower(a.re, exponent));
  const times = exponent < 0n ? -exponent : exponent;
  if (times > 10_000n) throw new Undefined("a large power of a complex number");
  let [result, square]: [Complex, Complex] = [real(ONE), a];
  for (let rest = times; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiplyComplex(r, result, square);
    if (rest > 1n) square = multiplyComplex(r, square, square);
  }
  return exponent < 0n ? divideComplex(r, real(ONE), result) : result;
}

/** √ of a negative number is imaginary, its odd roots are negative. */
export function rootComplex(r: Reals, a: Complex, n: number): Complex {
  const x = realPart(a);
  if (r.mustSign(x) >= 0) return real(r.root(x, n));
  const root = r.root(r.negate(x), n);
  if (n % 2 === 1) return real(r.negate(root));
  if (n === 2) return { re: ZERO, im: root };
  throw new Undefined("an even root of a negative number");
}

export function absolute(r: Reals, a: Complex): Real {
  if (!isReal(a)) return r.root(r.add(r.multiply(a.re, a.re), r.multiply(a.im, a.im)), 2);
  if (isExact(a.re)) return compare(a.re, whole(0)) < 0 ? r.negate(a.re) : a.re;
  return r.mustSign(a.re) < 0 ? r.negate(a.re) : a.re;
}

/** e^z */
export function expComplex(r: Reals, z: Complex): Complex {
  const size = r.exp(z.re);
  if (isReal(z)) return real(size);
  const { sin, cos } = r.sinCos(z.im);
  return { re: r.multiply(size, cos), im: r.multiply(size, sin) };
}
