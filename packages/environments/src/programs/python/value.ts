/** Values of Python expressions: whole numbers (as BigInt, so never rounded), truth values and lists. */

export type Value = bigint | boolean | Value[];

/** What Python would refuse, or what goes past the limits here. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

/** JSON data as a value. */
export function fromData(data: unknown): Value {
  if (typeof data === "number" && Number.isSafeInteger(data)) return BigInt(data);
  if (typeof data === "boolean") return data;
  if (Array.isArray(data)) return data.map(fromData);
  throw new PythonError(`no value of a Python expression: ${JSON.stringify(data)}`);
}

/** A value as JSON data: numbers past 2^53 as text. */
export function toData(value: Value): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  return typeof value === "boolean" ? value : value.map(toData);
}

export function isTrue(value: Value): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** A number; True counts as 1. */
export function asNumber(value: Value | undefined): bigint {
  if (Array.isArray(value) || value === undefined) throw new PythonError("a number is wanted");
  return typeof value === "bigint" ? value : BigInt(value);
}

export function asList(value: Value | undefined): Value[] {
  if (!Array.isArray(value)) throw new PythonError("a list is wanted");
  return value;
}

/** Below 0, 0 or above: numbers by size, lists item by item. */
export function compare(a: Value, b: Value): number {
  if (!Array.isArray(a) || !Array.isArray(b)) {
    const [x, y] = [asNumber(a), asNumber(b)];
    return x < y ? -1 : Number(x > y);
  }
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

export function same(a: Value, b: Value): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Array.isArray(a) === Array.isArray(b) && compare(a, b) === 0;
  return a.length === b.length && a.every((value, i) => same(value, b[i]!));
}
