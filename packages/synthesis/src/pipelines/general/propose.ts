/** Proposals: constraints derived from the types of columns, true of one plan, of which a task is made harder. */

import type { Draw } from "@cachalot/tensor";
import type { Constraint, Term } from "./constraints.js";
import type { PlanSpace } from "./density.js";
import { type Column, type Plan, type Slot, slotId, tableOf, type World } from "./world.js";

interface Field {
  /** Slots of one name, in the order of their groups. */
  slots: string[];
  table: string;
  column: Column;
}

/** Draws a constraint that `plan` meets and most plans do not; undefined where the draw led nowhere. */
export function propose(
  space: PlanSpace,
  plan: Plan,
  telling: readonly string[] | undefined,
  draw: Draw,
): Constraint | undefined {
  const access = space.access(plan);
  const fields = fieldsOf(space.world, telling);
  const numeric = fields.filter(({ column }) => column.type === "integer" || column.type === "number");
  const texts = fields.filter(({ column }) => column.type === "text");
  const value = (slot: string, column: string) => access.value(slot, column)!;
  const kinds: (() => Constraint | undefined)[] = [];
  if (numeric.length > 0) kinds.push(sum, sum, bound, band, band);
  if (numeric.some(({ slots }) => slots.length > 1)) kinds.push(ordered);
  if (texts.length > 0) kinds.push(category, counted);
  return kinds.length === 0 ? undefined : draw.one(kinds)();

  /** The total of a column over all slots that have it, in a narrow window. */
  function sum(): Constraint {
    const { column } = draw.one(numeric);
    const terms: Term[] = numeric
      .filter((field) => field.column.name === column.name)
      .flatMap(({ slots }) => slots.map((slot) => ({ slot, column: column.name })));
    const total = terms.reduce((sum, term) => sum + Number(value((term as { slot: string }).slot, column.name)), 0);
    const room = Math.max(step(column), round(total * 0.01 * draw.integer(1, 4), column));
    const below = round((room * draw.integer(0, 10)) / 10, column);
    return { type: "between", terms, low: round(total - below, column), high: round(total - below + room, column) };
  }

  function bound(): Constraint {
    const { slots, column, table } = draw.one(numeric);
    const slot = draw.one(slots);
    const own = Number(value(slot, column.name));
    const values = tableOf(space.world, table).rows.map((row) => Number(row[column.name]));
    const rarer = values.filter((other) => other > own).length < values.length / 2;
    return { type: "between", terms: [{ slot, column: column.name }], ...(rarer ? { low: own } : { high: own }) };
  }

  /** If one number is at least so much, another is within so much: bands, as the published budget rule has them. */
  function band(): Constraint | undefined {
    const [one, other] = [draw.one(numeric), draw.one(numeric)];
    const [a, b] = [draw.one(one.slots), draw.one(other.slots)];
    if (a === b) return undefined;
    const [x, y] = [Number(value(a, one.column.name)), Number(value(b, other.column.name))];
    const up = draw.chance(0.5);
    const lows = sortedValues(one);
    const threshold = lows[Math.floor(lows.length * draw.one([0.25, 0.4, 0.5]))]!;
    const when: Constraint = { type: "between", terms: [{ slot: a, column: one.column.name }], low: threshold };
    const otherwise: Constraint = {
      type: "between",
      terms: [{ slot: a, column: one.column.name }],
      high: round(threshold - step(one.column), one.column),
    };
    const must: Constraint = {
      type: "between",
      terms: [{ slot: b, column: other.column.name }],
      ...(up ? { low: y } : { high: y }),
    };
    return { type: "if", when: x >= threshold ? when : otherwise, must };
  }

  function ordered(): Constraint | undefined {
    const field = draw.one(numeric.filter(({ slots }) => slots.length > 1));
    const values = field.slots.map((slot) => Number(value(slot, field.column.name)));
    const rising = values.every((number, i) => i === 0 || values[i - 1]! <= number);
    return rising ? { type: "order", slots: field.slots, column: field.column.name } : undefined;
  }

  function category(): Constraint {
    const { slots, column } = draw.one(texts);
    const slot = draw.one(slots);
    return { type: "is", slot, column: column.name, value: `${value(slot, column.name)}` };
  }

  function counted(): Constraint | undefined {
    const { slots, column } = draw.one(texts);
    if (slots.length < 2) return undefined;
    const wanted = `${value(draw.one(slots), column.name)}`;
    const count = slots.filter((slot) => value(slot, column.name) === wanted).length;
    return { type: "count", slots, column: column.name, value: wanted, least: count, most: count };
  }

  function sortedValues({ table, column }: Field): number[] {
    return tableOf(space.world, table)
      .rows.map((row) => Number(row[column.name]))
      .sort((a, b) => a - b);
  }
}

function fieldsOf(world: World, telling: readonly string[] | undefined): Field[] {
  const byName = new Map<string, Slot[]>();
  for (const slot of world.slots) byName.set(slot.name, [...(byName.get(slot.name) ?? []), slot]);
  return [...byName.values()].flatMap((slots) => {
    const { table } = slots[0]!;
    return tableOf(world, table)
      .columns.filter(({ name, type }) => name !== "name" && type !== "reference" && (telling?.includes(name) ?? true))
      .map((column) => ({ slots: slots.map(slotId), table, column }));
  });
}

const step = ({ type }: Column): number => (type === "integer" ? 1 : 0.1);
const round = (number: number, { type }: Column): number =>
  type === "integer" ? Math.round(number) : Math.round(number * 10) / 10;
