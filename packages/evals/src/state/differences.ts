/** Three-way difference of end states: what a task wanted and did not get, what it got and did not want. */

import equal from "fast-deep-equal";

export interface Difference {
  /** Where, such as orders.#W1.status. */
  path: string;
  /** missing: wanted and not done. unwanted: done and not wanted. other: done otherwise. */
  kind: "missing" | "unwanted" | "other";
  wanted: unknown;
  found: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** @param before the state that both started from */
export function differences(
  before: unknown,
  wanted: unknown,
  found: unknown,
  path: readonly string[] = [],
): Difference[] {
  if (equal(wanted, found)) return [];
  if (isRecord(wanted) && isRecord(found) && Array.isArray(wanted) === Array.isArray(found)) {
    const start = isRecord(before) ? before : {};
    return [...new Set([...Object.keys(wanted), ...Object.keys(found)])].flatMap((key) =>
      differences(start[key], wanted[key], found[key], [...path, key]),
    );
  }
  const kind = equal(before, found) ? "missing" : equal(before, wanted) ? "unwanted" : "other";
  return [{ path: path.join("."), kind, wanted, found }];
}

const MOST_SHOWN = 4;

/** In words. */
export function describe(found: readonly Difference[]): string {
  const lines = found.slice(0, MOST_SHOWN).map(({ path, kind, wanted, found }) => {
    if (kind === "missing") return `${path} was not changed to ${shown(wanted)}`;
    return kind === "unwanted"
      ? `${path} is ${shown(found)} and was to stay ${shown(wanted)}`
      : `${path} is ${shown(found)}, not ${shown(wanted)}`;
  });
  const left = found.length - lines.length;
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join("; ");
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80));
