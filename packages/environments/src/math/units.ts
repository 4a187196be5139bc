/** Units of measurement: what they measure, and how much of the base unit each is. */

import { divide, multiply, power, type Rational, rational, whole } from "./rational.js";

export interface Unit {
  /** As in `length^2 time^-1`; a name of its own where it converts to nothing else. */
  readonly dimension: string;
  /** In base units. */
  readonly factor: Rational;
}

const table = new Map<string, readonly [dimension: string, factor: Rational]>();
function define(dimension: string, units: Readonly<Record<string, readonly [n: number, d?: number]>>): void {
  for (const [names, [n, d = 1]] of Object.entries(units))
    for (const name of names.split(" ")) table.set(name, [dimension, rational(BigInt(n), BigInt(d))!]);
}

define("length", {
  "m meter meters metre metres": [1],
  "cm centimeter centimeters centimetre centimetres": [1, 100],
  "mm millimeter millimeters millimetre millimetres": [1, 1000],
  "km kilometer kilometers kilometre kilometres": [1000],
  "inch inches in": [254, 10000],
  "ft foot feet": [3048, 10000],
  "yd yard yards": [9144, 10000],
  "mi mile miles": [1609344, 1000],
});
define("mass", {
  "g gram grams": [1, 1000],
  "kg kilogram kilograms": [1],
  "mg milligram milligrams": [1, 1_000_000],
  "lb lbs pound pounds": [45359237, 100_000_000],
  "oz ounce ounces": [45359237, 1_600_000_000],
});
define("time", {
  "s sec second seconds": [1],
  "min minute minutes": [60],
  "h hr hrs hour hours": [3600],
  "day days": [86400],
  "week weeks": [604800],
});
define("money", { "dollar dollars usd": [1], "cent cents": [1, 100] });
define("volume", { "l liter liters litre litres": [1], "ml milliliter milliliters": [1, 1000] });
define("pounds sterling", { "£": [1] });
define("euro", { "euro euros €": [1] });
for (const name of "unit units month months year years people students apples ways points children friends books".split(
  " ",
))
  table.set(name, [name.replace(/s$/, ""), whole(1)]);

/** Words with a factor that are read with a number: they stand for a plain number. */
export const isUnitWord = (word: string): boolean =>
  table.has(word.toLowerCase()) || /^(?:square|sq|cubic|per)$/i.test(word);

/** Of parts such as `["square", "meters"]`, `["inches", "^", "2"]`, `["miles", "per", "hour"]`. @returns undefined for no unit */
export function unitOf(parts: readonly string[]): Unit | undefined {
  const powers = new Map<string, number>();
  let factor = whole(1);
  let sign = 1;
  let next = 1;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!.toLowerCase();
    if (part === "per" || part === "/") sign = -1;
    else if (part === "square" || part === "sq") next = 2;
    else if (part === "cubic") next = 3;
    else {
      const known = table.get(part);
      if (!known) return undefined;
      const written = parts[at + 1] === "^" ? Number(parts[at + 2]) : next;
      if (parts[at + 1] === "^") at += 2;
      if (!Number.isInteger(written) || Math.abs(written) > 9 || written === 0) return undefined;
      const exponent = sign * written;
      powers.set(known[0], (powers.get(known[0]) ?? 0) + exponent);
      factor = multiply(factor, power(known[1], whole(exponent))!)!;
      [next, sign] = [1, 1];
    }
  }
  if (powers.size === 0 || next !== 1 || sign !== 1) return undefined;
  const dimension = [...powers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, exponent]) => `${name}^${exponent}`);
  return { dimension: dimension.join(" "), factor };
}

/** By how much values in other units of the same kind differ from those in this one; none for powers and products of units. */
export function conversionsOf({ dimension, factor }: Unit): Rational[] {
  const simple = /^(\w+)\^1$/.exec(dimension)?.[1];
  const factors = [...table.values()].filter(([name]) => name === simple).map(([, other]) => divide(factor, other)!);
  return factors.filter(({ n, d }) => n !== d);
}
