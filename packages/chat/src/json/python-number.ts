import { pythonFloatRepr } from "./python-float.js";

/** A number as Python prints what it reads of `JSON.stringify(value)`. */
export function formatNumber(value: number): string {
  // What Python prints after reading JSON.stringify's text: integers up to 1e21 stay integers, -0 is 0.
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value === 0 ? 0 : value);
  return pythonFloatRepr(value);
}
