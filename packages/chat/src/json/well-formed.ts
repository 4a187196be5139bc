/**
 * Well-formed Unicode: a lone surrogate (half of a character, as a cut or a file name that is not UTF-8 leaves it) is no
 * text. Strict hosts refuse a request that has one, and go on refusing it; so it becomes U+FFFD.
 */

/** The same data with well-formed strings, keys included; the value itself where all of them are. */
export function wellFormed<T>(value: T): T {
  if (typeof value === "string") return (value.isWellFormed() ? value : value.toWellFormed()) as T;
  if (Array.isArray(value)) {
    const items = value.map(wellFormed);
    return items.some((item, i) => item !== value[i]) ? (items as T) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  // What is no plain data keeps its class.
  if (prototype !== Object.prototype && prototype !== null) return value;
  const entries = Object.entries(value);
  const formed = entries.map(([key, item]) => [wellFormed(key), wellFormed(item)] as const);
  const same = formed.every(([key, item], i) => key === entries[i]![0] && item === entries[i]![1]);
  return same ? value : (Object.fromEntries(formed) as T);
}

/** An escaped backslash, an escape of a surrogate, with the one that makes it a pair if it is there. */
const SURROGATE_ESCAPES = /\\\\|\\u(?:d[89ab][0-9a-f]{2}(\\ud[c-f][0-9a-f]{2})?|d[c-f][0-9a-f]{2})/gi;

/** JSON text whose strings are well-formed, also those that are written with escapes. Nothing else is changed. */
export function wellFormedJson(json: string): string {
  return json
    .toWellFormed()
    .replace(SURROGATE_ESCAPES, (found, pair) => (found === "\\\\" || pair !== undefined ? found : "\\ufffd"));
}
