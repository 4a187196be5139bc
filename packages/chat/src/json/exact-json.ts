/**
 * Plain data that remembers how it was written. `JSON.parse` loses `1.0`, long integers, and the order of keys like "2";
 * a prompt shows a tool's schema as the client wrote it.
 */

import { type LosslessJson, LosslessNumber, parseLosslessJson } from "./lossless-json.js";
import { formatNumber } from "./python-number.js";

/** The exact form of objects and arrays whose plain form lost something. */
const exact = new WeakMap<object, LosslessJson>();

/** What `parseExactJson` read where it gave `value`, if `value` alone does not tell it. */
export const exactOf = (value: object): LosslessJson | undefined => exact.get(value);

/**
 * Reads JSON like `JSON.parse`. `formatPythonJson` writes the objects and arrays it gives, and so the prompt shows them,
 * exactly as they were written. They are not to be changed in place; copies lose what plain data cannot hold.
 *
 * @throws ChatError `invalid_arguments` for text that is not JSON.
 */
export function parseExactJson(text: string): unknown {
  return plain(parseLosslessJson(text, { allowNonFinite: false })).value;
}

function plain(json: LosslessJson): { value: unknown; lossy: boolean } {
  if (json instanceof LosslessNumber) {
    const value = Number(json.text);
    return { value, lossy: formatNumber(value) !== json.text };
  }
  if (json === null || typeof json !== "object") return { value: json, lossy: false };
  const { value, lossy } = Array.isArray(json) ? plainArray(json) : plainObject(json);
  if (lossy) exact.set(value, json);
  return { value, lossy };
}

function plainArray(items: readonly LosslessJson[]): { value: object; lossy: boolean } {
  const parts = items.map(plain);
  return { value: parts.map(({ value }) => value), lossy: parts.some(({ lossy }) => lossy) };
}

function plainObject(entries: ReadonlyMap<string, LosslessJson>): { value: object; lossy: boolean } {
  const value = {};
  let lossy = false;
  for (const [key, item] of entries) {
    const part = plain(item);
    lossy ||= part.lossy;
    // As JSON.parse does it: a plain assignment of "__proto__" would set the prototype.
    Object.defineProperty(value, key, { value: part.value, writable: true, enumerable: true, configurable: true });
  }
  const keys = [...entries.keys()];
  return { value, lossy: lossy || Object.keys(value).some((key, i) => key !== keys[i]) };
}
