/** MathAPI: a calculator without a state. */

import { type Api, failed, rounded } from "../api.js";

interface Pair {
  a: number;
  b: number;
}
interface Numbers {
  numbers: number[];
}
interface Conversion {
  value: number;
  unit_in: string;
  unit_out: string;
}

const METRES: Readonly<Record<string, number>> = { km: 1000, m: 1, cm: 0.01, mm: 0.001, um: 1e-6, nm: 1e-9 };
const FACTORS: Readonly<Record<string, number>> = {
  ...{ cm_to_in: 0.393701, in_to_cm: 2.54, m_to_ft: 3.28084, ft_to_m: 0.3048, m_to_yd: 1.09361, yd_to_m: 0.9144 },
  ...{ km_to_miles: 0.621371, miles_to_km: 1.60934, kg_to_lb: 2.20462, lb_to_kg: 0.453592 },
};

const result = (value: number): { result: number } => ({ result: value });
const unknown = (from: string, to: string) => failed(`Conversion from '${from}' to '${to}' is not supported`);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
/** To as many bits as so many decimal digits need. */
function inBits(value: number, digits: number): number {
  const bits = Math.max(1, Math.round((digits + 1) * Math.log2(10)));
  if (bits >= 53 || value === 0 || !Number.isFinite(value)) return value;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) + 1 - bits);
  return Math.round(value / unit) * unit;
}
/** With so many digits as text, unless it is exact. */
const inDigits = (root: number, digits: number, square: number): number | string =>
  root * root === square ? root : root.toPrecision(Math.min(Math.max(digits, 1), 100));
const of =
  (what: string, compute: (numbers: readonly number[]) => number) =>
  (_: object, { numbers }: Numbers) =>
    numbers.length === 0 ? failed(`Cannot ${what} of an empty list`) : result(compute(numbers));

export const mathApi: Api<object> = {
  name: "MathAPI",
  document: "math_api.json",
  load: () => ({}),
  functions: {
    logarithm: (_, { value, base, precision }: { value: number; base: number; precision: number }) =>
      result(inBits(Math.log(value) / Math.log(base), precision)),
    mean: of("calculate mean", mean),
    standard_deviation: of("calculate standard deviation", (numbers) => {
      const middle = mean(numbers);
      return Math.sqrt(sum(numbers.map((one) => (one - middle) ** 2)) / numbers.length);
    }),
    si_unit_conversion(_, { value, unit_in, unit_out }: Conversion) {
      const [from, to] = [METRES[unit_in], METRES[unit_out]];
      if (from === undefined || to === undefined) return unknown(unit_in, unit_out);
      return result(value * from * (1 / to));
    },
    imperial_si_conversion(_, { value, unit_in, unit_out }: Conversion) {
      if (unit_in === unit_out) return result(value);
      if (unit_in === "celsius" && unit_out === "fahrenheit") return result(value * 1.8 + 32);
      if (unit_in === "fahrenheit" && unit_out === "celsius") return result((value - 32) * (5 / 9));
      const factor = FACTORS[`${unit_in}_to_${unit_out}`];
      return factor === undefined ? unknown(unit_in, unit_out) : result(value * factor);
    },
    add: (_, { a, b }: Pair) => result(a + b),
    subtract: (_, { a, b }: Pair) => result(a - b),
    multiply: (_, { a, b }: Pair) => result(a * b),
    divide: (_, { a, b }: Pair) => (b === 0 ? failed("Cannot divide by zero") : result(a / b)),
    power: (_, { base, exponent }: { base: number; exponent: number }) => result(base ** exponent),
    square_root: (_, { number, precision }: { number: number; precision: number }) =>
      number < 0
        ? failed("Cannot calculate square root of a negative number")
        : { result: inDigits(Math.sqrt(number), precision, number) },
    absolute_value: (_, { number }: { number: number }) => result(Math.abs(number)),
    round_number: (_, { number, decimal_places = 0 }: { number: number; decimal_places?: number }) =>
      result(rounded(number, decimal_places)),
    percentage: (_, { part, whole }: { part: number; whole: number }) =>
      whole === 0 ? failed("Whole value cannot be zero") : result((part / whole) * 100),
    min_value: of("find minimum", (numbers) => Math.min(...numbers)),
    max_value: of("find maximum", (numbers) => Math.max(...numbers)),
    sum_values: of("calculate sum", sum),
  },
};
