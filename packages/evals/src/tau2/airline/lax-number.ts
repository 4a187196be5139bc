/** Numbers as the original takes them where it makes a record of them: also as text, or as true and false. */

export const laxNumber = (value: unknown): unknown =>
  typeof value === "string" && /^\s*[+-]?\d+(\.0*)?\s*$/.test(value) ? Number(value) : fromBoolean(value);

/** As Python counts: true is 1. */
export const fromBoolean = (value: unknown): unknown => (typeof value === "boolean" ? Number(value) : value);
