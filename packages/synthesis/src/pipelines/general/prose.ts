/** Constraints in words, for the instruction and for the verifier's verdict. */

import type { Constraint, Term } from "./constraints.js";

const words = (name: string): string => name.replaceAll("_", " ");

/** `day 1.hotel` -> `the hotel of day 1`. */
function slotInWords(slot: string): string {
  const at = slot.indexOf(".");
  return `the ${words(slot.slice(at + 1))} of ${slot.slice(0, at)}`;
}

const list = (items: readonly string[], last = "and"): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;

/** Slots of one name in all their groups are said in one breath. */
function slotsInWords(slots: readonly string[]): string {
  const names = new Set(slots.map((slot) => slot.slice(slot.indexOf(".") + 1)));
  if (slots.length < 3 || names.size > 1) return list(slots.map(slotInWords));
  return `the ${words([...names][0]!)} of ${list(slots.map((slot) => slot.slice(0, slot.indexOf("."))))}`;
}

const termInWords = (term: Term): string =>
  "slot" in term
    ? `the ${words(term.column)} of ${slotInWords(term.slot)}`
    : `the ${words(term.column)} of the ${words(term.lookup)} ${Object.entries(term.by)
        .map(([column, slot]) => `${words(column)} ${slot.startsWith("=") ? slot.slice(1) : slotInWords(slot)}`)
        .join(", ")}`;

/** Terms of one column are said in one breath. */
function termsInWords(terms: readonly Term[]): string {
  const away = terms.filter(({ minus }) => minus);
  if (away.length > 0)
    return `${termsInWords(terms.filter(({ minus }) => !minus))} less ${list(away.map(termInWords))}`;
  const [first] = terms;
  if (terms.length === 1) return termInWords(first!);
  const columns = new Set(terms.map(({ column }) => column));
  if (columns.size === 1 && terms.every((term) => "slot" in term))
    return `the sum of the ${words(first!.column)} of ${list(terms.map((term) => slotInWords((term as { slot: string }).slot)))}`;
  return `the sum of ${list(terms.map(termInWords))}`;
}

const range = (low: number | undefined, high: number | undefined): string =>
  low === undefined
    ? `at most ${high}`
    : high === undefined
      ? `at least ${low}`
      : low === high
        ? `exactly ${low}`
        : `from ${low} to ${high}`;

/** A sentence without its capital and full stop. */
export function inWords(constraint: Constraint): string {
  if (constraint.say !== undefined) return constraint.say;
  switch (constraint.type) {
    case "different":
      return constraint.column
        ? `no two of ${slotsInWords(constraint.slots)} have the same ${words(constraint.column)}`
        : `${slotsInWords(constraint.slots)} are all different`;
    case "within":
      return `the ${words(constraint.column)} of ${slotInWords(constraint.slot)} is ${slotInWords(constraint.of)}`;
    case "between":
      return `${termsInWords(constraint.terms)} is ${range(constraint.low, constraint.high)}`;
    case "same":
      return `${slotsInWords(constraint.slots)} have the same ${words(constraint.column)}`;
    case "is":
      return `the ${words(constraint.column)} of ${slotInWords(constraint.slot)} is ${constraint.value}`;
    case "order":
      return `the ${words(constraint.column)} does not decrease from one to the next of ${slotsInWords(constraint.slots)}`;
    case "count":
      return `${range(constraint.least, constraint.most)} of ${slotsInWords(constraint.slots)} have the ${words(constraint.column)} ${constraint.value}`;
    case "if":
      return `if ${inWords(constraint.when)}, then ${inWords(constraint.must)}`;
    case "any":
      return constraint.of.map(inWords).join(", or ");
    case "all":
      return constraint.of.map(inWords).join(", and ");
  }
}
