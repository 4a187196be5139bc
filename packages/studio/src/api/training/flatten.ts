/** Nested metrics as scalars: fields of fields get names with dots, lists their mean and, where they are short, each place. */

/** Where records are, not what was measured. */
const PLACE = new Set(["kind", "stage", "step", "expertLoad"]);
/** Places of a list that become series of their own: layers, mostly. */
const PLACES = 64;

export function flatten(record: Readonly<Record<string, unknown>>, add: (key: string, value: number) => void): void {
  for (const [key, value] of Object.entries(record)) if (!PLACE.has(key)) walk(key, value, add);
}

function walk(key: string, value: unknown, add: (key: string, value: number) => void): void {
  if (typeof value === "number") {
    if (Number.isFinite(value)) add(key, value);
  } else if (Array.isArray(value)) {
    const numbers = value.filter((one) => typeof one === "number" && Number.isFinite(one)) as number[];
    if (numbers.length === 0) return;
    add(key, numbers.reduce((sum, one) => sum + one, 0) / numbers.length);
    if (value.length <= PLACES)
      for (const [i, one] of value.entries()) if (typeof one === "number") add(`${key}.${i}`, one);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value)) walk(`${key}.${name}`, part, add);
  }
}
