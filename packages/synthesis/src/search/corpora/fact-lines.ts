/** Fact lines of a page: `Name: value; value`, written for records and read back by those who have only the page. */

import type { ReadFact, Relation } from "./corpus-kind.js";

export interface FactLine {
  relation: string;
  /** Before the colon. */
  name: string;
  /** After a number, such as " kB". */
  unit?: string;
}

type Relations = Readonly<Record<string, Relation>>;

/** `values` by relation; relations without any have no line. */
export function writeFactLines(
  lines: readonly FactLine[],
  values: Readonly<Record<string, readonly (string | number)[]>>,
): string {
  return lines
    .filter(({ relation }) => (values[relation]?.length ?? 0) > 0)
    .map(
      ({ relation, name, unit = "" }) => `${name}: ${values[relation]!.map((value) => `${value}${unit}`).join("; ")}`,
    )
    .join("\n");
}

/** Lines of other names are left alone; of two lines with one name both count. */
export function readFactLines(lines: readonly FactLine[], relations: Relations, text: string): ReadFact[] {
  const byName = new Map(lines.map((line) => [line.name, line]));
  return text.split("\n").flatMap((quote) => {
    const colon = quote.indexOf(": ");
    const line = colon < 0 ? undefined : byName.get(quote.slice(0, colon));
    if (line === undefined) return [];
    const { relation, unit = "" } = line;
    const isNumber = relations[relation]?.type === "number";
    return quote
      .slice(colon + 2)
      .split("; ")
      .map((value) => ({
        relation,
        value: isNumber ? Number(value.slice(0, value.length - unit.length)) : value,
        quote,
      }))
      .filter(({ value }) => value !== "" && !Number.isNaN(value));
  });
}

/** Facts about how many values a relation has, from the facts themselves. */
export function countOf(facts: readonly ReadFact[], relation: string, name: string): ReadFact[] {
  const counted = facts.filter((fact) => fact.relation === relation);
  return counted.length === 0 ? [] : [{ relation: name, value: counted.length, quote: counted[0]!.quote }];
}
