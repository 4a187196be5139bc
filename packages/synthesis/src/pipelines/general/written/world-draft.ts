/** World drafts: what a model writes, and what must hold of one before anything is made of it. */

import * as z from "zod";
import { type Constraint, slotsOf } from "../constraints.js";
import type { Row, Slot, Table } from "../world.js";
import { slotId } from "../world.js";
import { constraintSchema } from "./constraint-schema.js";

const word = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "lower-case words with _ between them");
const cell = z.union([z.string().min(1).max(200), z.number()]);
const LEAST_ROWS = 6;

const tableSchema = z.strictObject({
  name: word.describe("plural"),
  singular: word,
  columns: z.array(
    z.strictObject({
      name: word,
      type: z.enum(["text", "integer", "number", "date", "reference"]),
      to: word.optional().describe("of a reference: the table it leads to, by a row's name"),
      unit: z.string().max(40).optional(),
    }),
  ),
  parent: word.optional().describe("the reference column that groups the rows"),
  lookup: z
    .strictObject({ tool: word, by: z.array(word).min(1) })
    .optional()
    .describe("of relations, whose rows have no name"),
  rows: z.array(z.record(z.string(), cell)).max(400),
});

const shape = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, "lower-case words with dashes"),
  description: z.string().min(20).max(2000).describe("what is in the world"),
  request: z.string().min(20).max(2000).describe("what is wanted, before any rule"),
  tables: z.array(tableSchema).min(1).max(12),
  slots: z
    .array(z.strictObject({ group: z.string().regex(/^[^.]{1,40}$/), name: word, table: word }))
    .min(2)
    .max(24),
  structure: z.array(constraintSchema).max(40).describe("what every sensible answer keeps to"),
  rules: z.array(constraintSchema).max(12).describe("what this request asks for besides"),
});

export interface WorldDraft {
  name: string;
  description: string;
  request: string;
  tables: readonly Table[];
  slots: readonly Slot[];
  structure: readonly Constraint[];
  rules: readonly Constraint[];
}

/** What does not hold is told with its place, so that the model can mend it. */
export const worldDraft = shape.superRefine((draft, context) => {
  for (const message of problemsOf(draft as WorldDraft).slice(0, 20)) context.addIssue({ code: "custom", message });
}) as unknown as z.ZodType<WorldDraft>;

function problemsOf({ tables, slots, structure, rules }: WorldDraft): string[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const tableOfSlot = new Map(slots.map((slot) => [slotId(slot), byName.get(slot.table)]));
  return [
    ...repeated(
      tables.map(({ name }) => name),
      "table",
    ),
    ...repeated(slots.map(slotId), "slot"),
    ...tables.flatMap((table) => problemsOfTable(table, byName)),
    ...slots.flatMap((slot) => problemsOfSlot(slot, byName.get(slot.table))),
    ...[...structure, ...rules].flatMap((rule) => problemsOfRule(rule, tableOfSlot, byName)),
  ];
}

const repeated = (names: readonly string[], what: string): string[] =>
  [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((name) => `${what} ${name} is there twice`);

function problemsOfTable({ name, columns, parent, lookup, rows }: Table, tables: ReadonlyMap<string, Table>): string[] {
  const types = new Map(columns.map((column) => [column.name, column]));
  const keys = lookup ? lookup.by : ["name"];
  const missing = [...keys, ...(parent === undefined ? [] : [parent])].filter((key) => !types.has(key));
  if (missing.length > 0) return [`table ${name} has no column ${missing[0]}`];
  if (parent !== undefined && types.get(parent)!.type !== "reference")
    return [`table ${name}: its parent ${parent} must be a reference`];
  const known = new Map(
    columns.map((column) => [column.name, column.to === undefined ? undefined : namesOf(tables.get(column.to))]),
  );
  const fits = (row: Row, { name: column, type }: Table["columns"][number]): boolean => {
    const value = row[column];
    if (type === "reference") return known.get(column)?.has(`${value}`) ?? false;
    if (type === "integer") return Number.isInteger(value);
    return typeof value === (type === "number" ? "number" : "string");
  };
  const odd = rows.flatMap((row, i) => {
    const wrong = columns.find((column) => !fits(row, column))?.name ?? Object.keys(row).find((key) => !types.has(key));
    return wrong === undefined ? [] : [`table ${name}, row ${i + 1}: ${wrong} is ${JSON.stringify(row[wrong])}`];
  });
  return [
    ...repeated(
      columns.map((column) => column.name),
      `table ${name}: column`,
    ),
    ...odd.slice(0, 5),
    ...repeated(
      rows.map((row) => keys.map((key) => row[key]).join(", ")),
      `table ${name}: row`,
    ).slice(0, 5),
  ];
}

const namesOf = (table: Table | undefined): ReadonlySet<string> => new Set(table?.rows.map(({ name }) => `${name}`));

function problemsOfSlot(slot: Slot, table: Table | undefined): string[] {
  if (table === undefined || table.lookup) return [`slot ${slotId(slot)}: ${slot.table} is no table of named rows`];
  return table.rows.length < LEAST_ROWS ? [`table ${table.name} needs ${LEAST_ROWS} rows to choose from`] : [];
}

function problemsOfRule(
  rule: Constraint,
  slots: ReadonlyMap<string, Table | undefined>,
  tables: ReadonlyMap<string, Table>,
): string[] {
  const strange = slotsOf(rule).find((slot) => !slots.has(slot));
  if (strange !== undefined) return [`a rule of type ${rule.type} speaks of ${strange}, which is no slot`];
  const has = (table: Table | undefined, column: string) => table?.columns.some(({ name }) => name === column) === true;
  const unknown = usesOf(rule).find(
    ({ slot, table, column }) => !has(slot ? slots.get(slot) : tables.get(table!), column),
  );
  return unknown ? [`a rule of type ${rule.type}: ${unknown.slot ?? unknown.table} has no ${unknown.column}`] : [];
}

interface Use {
  slot?: string;
  table?: string;
  column: string;
}

/** Columns that a constraint reads, of a slot's rows or of a relation. */
function usesOf(rule: Constraint): Use[] {
  switch (rule.type) {
    case "different":
      return rule.column === undefined ? [] : rule.slots.map((slot) => ({ slot, column: rule.column! }));
    case "same":
    case "order":
    case "count":
      return rule.slots.map((slot) => ({ slot, column: rule.column }));
    case "within":
    case "is":
      return [{ slot: rule.slot, column: rule.column }];
    case "between":
      return rule.terms.map((term) =>
        "slot" in term ? { slot: term.slot, column: term.column } : { table: term.lookup, column: term.column },
      );
    case "if":
      return [...usesOf(rule.when), ...usesOf(rule.must)];
    default:
      return rule.of.flatMap(usesOf);
  }
}
