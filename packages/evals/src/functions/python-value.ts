/** JSON values as Python has them: whole numbers and floats are different types, and equal where their values are. */

import { type LosslessJson, LosslessNumber } from "@cachalot/chat";

export type PythonType = "str" | "int" | "float" | "bool" | "list" | "dict" | "NoneType";

export function typeOf(value: LosslessJson): PythonType {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (value instanceof LosslessNumber) return /^-?\d+$/.test(value.text) ? "int" : "float";
  return Array.isArray(value) ? "list" : "dict";
}

/** Python's `==`: True is 1, 1 is 1.0. */
export function isEqual(a: LosslessJson, b: LosslessJson): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x === y;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isEqual(item, b[i]!));
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isEqual(value, b.get(key)!));
  return a === b;
}

function numberOf(value: LosslessJson): number | undefined {
  if (typeof value === "boolean") return Number(value);
  return value instanceof LosslessNumber ? Number(value.text) : undefined;
}
