/** Constraint language: what a plan must meet, as plain JSON that a solver, a verifier and a reader understand alike. */

/** A number: a column of a slot's row, or of a relation between slots; taken away where `minus` says so. */
export type Term = (
  | { slot: string; column: string }
  | { lookup: string; by: Readonly<Record<string, string>>; column: string }
) & { minus?: true };

export type Constraint = (
  | { type: "different"; slots: readonly string[]; column?: string }
  | { type: "within"; slot: string; column: string; of: string }
  | { type: "between"; terms: readonly Term[]; low?: number; high?: number }
  | { type: "same"; slots: readonly string[]; column: string }
  | { type: "is"; slot: string; column: string; value: string }
  | { type: "order"; slots: readonly string[]; column: string }
  | { type: "count"; slots: readonly string[]; column: string; value: string; least?: number; most?: number }
  | { type: "if"; when: Constraint; must: Constraint }
  | { type: "any"; of: readonly Constraint[] }
  | { type: "all"; of: readonly Constraint[] }
) & {
  /** A short name, by which a verifier calls it. */
  name?: string;
  /** How it is put into words, where the words of its type would not do. */
  say?: string;
};

/** What is known of a plan. undefined: nothing, such as of a relation that is not there. */
export interface Access {
  name(slot: string): string | undefined;
  value(slot: string, column: string): string | number | undefined;
  lookup(table: string, by: Readonly<Record<string, string>>, column: string): string | number | undefined;
}

/** Whether a constraint is met by a plan all of whose slots are known. */
export function isMet(constraint: Constraint, access: Access): boolean {
  switch (constraint.type) {
    case "different": {
      const { slots, column } = constraint;
      const value = (slot: string) => (column ? access.value(slot, column) : access.name(slot));
      if (slots.length === 2) return value(slots[0]!) !== value(slots[1]!);
      return new Set(slots.map(value)).size === slots.length;
    }
    case "within":
      return access.value(constraint.slot, constraint.column) === access.name(constraint.of);
    case "between": {
      let sum = 0;
      for (const term of constraint.terms) {
        const value = termValue(term, access);
        if (typeof value !== "number") return false;
        sum += term.minus ? -value : value;
      }
      return sum >= (constraint.low ?? -Infinity) - EPSILON && sum <= (constraint.high ?? Infinity) + EPSILON;
    }
    case "same":
      return new Set(constraint.slots.map((slot) => access.value(slot, constraint.column))).size === 1;
    case "is":
      return access.value(constraint.slot, constraint.column) === constraint.value;
    case "order": {
      const values = constraint.slots.map((slot) => access.value(slot, constraint.column)!);
      return values.every((value, i) => i === 0 || values[i - 1]! <= value);
    }
    case "count": {
      const count = constraint.slots.filter(
        (slot) => access.value(slot, constraint.column) === constraint.value,
      ).length;
      return count >= (constraint.least ?? 0) && count <= (constraint.most ?? Infinity);
    }
    case "if":
      return !isMet(constraint.when, access) || isMet(constraint.must, access);
    case "any":
      return constraint.of.some((one) => isMet(one, access));
    case "all":
      return constraint.of.every((one) => isMet(one, access));
  }
}

/** Sums of decimals are compared with this room. */
const EPSILON = 1e-9;

function termValue(term: Term, access: Access): string | number | undefined {
  if ("slot" in term) return access.value(term.slot, term.column);
  const by: Record<string, string> = {};
  for (const [column, slot] of Object.entries(term.by)) {
    const name = slot.startsWith("=") ? slot.slice(1) : access.name(slot);
    if (name === undefined) return undefined;
    by[column] = name;
  }
  return access.lookup(term.lookup, by, term.column);
}

/** Slots a constraint speaks of. A `by` that begins with = is a name, not a slot. */
export function slotsOf(constraint: Constraint): string[] {
  switch (constraint.type) {
    case "different":
    case "same":
    case "order":
    case "count":
      return [...constraint.slots];
    case "within":
      return [constraint.slot, constraint.of];
    case "is":
      return [constraint.slot];
    case "between":
      return constraint.terms.flatMap((term) =>
        "slot" in term ? [term.slot] : Object.values(term.by).filter((slot) => !slot.startsWith("=")),
      );
    case "if":
      return [...slotsOf(constraint.when), ...slotsOf(constraint.must)];
    default:
      return constraint.of.flatMap(slotsOf);
  }
}

/** Parts of conjunctions, and pairs of what must differ, agree or rise: each is judged as soon as it can be. */
export const partsOf = (constraints: readonly Constraint[]): Constraint[] =>
  constraints.flatMap((constraint): Constraint[] => {
    if (constraint.type === "all") return partsOf(constraint.of);
    if (constraint.type === "different")
      return constraint.slots.flatMap((a, i) =>
        constraint.slots.slice(i + 1).map((b) => ({ ...constraint, slots: [a, b] })),
      );
    if (constraint.type === "same" || constraint.type === "order")
      return constraint.slots.slice(1).map((slot, i) => ({ ...constraint, slots: [constraint.slots[i]!, slot] }));
    return [constraint];
  });
