import { asList, asNumber, compare, isTrue, PythonError, type Value } from "./value.js";

/** The one argument of a function that has one. */
function only(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new PythonError("one argument is wanted");
  return value;
}

/** The items of one list, or the arguments themselves. */
function among(values: readonly Value[]): readonly Value[] {
  const items = values.length === 1 ? asList(values[0]) : values;
  if (items.length === 0) throw new PythonError("there is nothing to choose from");
  return items;
}

const best = (values: readonly Value[], sign: 1 | -1): Value =>
  among(values).reduce((chosen, value) => (sign * compare(value, chosen) > 0 ? value : chosen));

function range(values: readonly Value[]): Value[] {
  if (values.length < 1 || values.length > 3) throw new PythonError("range takes one to three numbers");
  const numbers = values.map(asNumber);
  const [from, to, step] = numbers.length === 1 ? [0n, numbers[0]!, 1n] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1n];
  if (step === 0n) throw new PythonError("range's step is not 0");
  const items: Value[] = [];
  for (let value = from; step > 0n ? value < to : value > to; value += step) {
    if (items.length === 2000) throw new PythonError("the range is too long");
    items.push(value);
  }
  return items;
}

/** Python's functions that an expression may call, by name. */
export const BUILTINS: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  len: (values) => BigInt(asList(only(values)).length),
  sum: (values) => asList(only(values)).reduce<bigint>((sum, value) => sum + asNumber(value), 0n),
  max: (values) => best(values, 1),
  min: (values) => best(values, -1),
  sorted: (values) => asList(only(values)).toSorted(compare),
  reversed: (values) => asList(only(values)).toReversed(),
  list: (values) => [...asList(only(values))],
  abs: (values) => {
    const value = asNumber(only(values));
    return value < 0n ? -value : value;
  },
  int: (values) => asNumber(only(values)),
  bool: (values) => isTrue(only(values)),
  any: (values) => asList(only(values)).some(isTrue),
  all: (values) => asList(only(values)).every(isTrue),
  range,
};
