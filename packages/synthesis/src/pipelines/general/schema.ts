/** Schema: tables with typed columns, relations between them, and how a seed fills them with rows. */

import type { Draw } from "@cachalot/tensor";
import type { Constraint } from "./constraints.js";
import type { Column, Row, Slot, Table, Value, World } from "./world.js";

/** Numbers that shape a world, by name: sizes, days. */
export type Parameters = Readonly<Record<string, number>>;

export interface ColumnSpec extends Column {
  /** Drawn after the columns before it. `rows` are those of the table so far; `above` is the row of the parent. */
  draw(draw: Draw, row: Row, above: Row | undefined, rows: readonly Row[]): Value;
}

export interface TableSpec extends Omit<Table, "rows" | "columns"> {
  columns: readonly ColumnSpec[];
  /** Rows in all, or of each parent. */
  count(parameters: Parameters): number;
}

export interface WorldSpec {
  /** Lower-case words with dashes. */
  readonly name: string;
  readonly licence?: string;
  description(parameters: Parameters): string;
  /** What a task wants, before its rules. */
  request(parameters: Parameters): string;
  /** Parameters of a level, from 0 to 2. */
  parameters(draw: Draw, level: number): Parameters;
  tables: readonly TableSpec[];
  /** Relations, of rows of tables before them. */
  relations?(tables: ReadonlyMap<string, readonly Row[]>, draw: Draw, parameters: Parameters): Table[];
  slots(parameters: Parameters): Slot[];
  /** What every sensible plan keeps to: rows within others, no row twice. */
  structure(parameters: Parameters): Constraint[];
  /** Rules that a task of this world always has. */
  rules?(parameters: Parameters): Constraint[];
  /** Density of valid answers that this world goes below whatever is asked for. */
  readonly target?: number;
  /** Columns that proposed constraints speak of; default: all that are neither references nor names. */
  telling?: readonly string[];
}

/** Rows of all tables. */
export function buildWorld(spec: WorldSpec, parameters: Parameters, draw: Draw): World {
  const rows = new Map<string, Row[]>();
  const tables: Table[] = spec.tables.map((table) => {
    const built = rowsOf(table, rows, parameters, draw);
    rows.set(table.name, built);
    const { columns, count: _, ...rest } = table;
    return { ...rest, columns: columns.map(({ draw: _, ...column }) => column), rows: built };
  });
  const relations = spec.relations?.(rows, draw, parameters) ?? [];
  return {
    name: spec.name,
    description: spec.description(parameters),
    tables: [...tables, ...relations],
    slots: spec.slots(parameters),
  };
}

function rowsOf(spec: TableSpec, tables: ReadonlyMap<string, Row[]>, parameters: Parameters, draw: Draw): Row[] {
  const { columns, parent } = spec;
  const to = columns.find(({ name }) => name === parent)?.to;
  const parents = to === undefined ? [undefined] : tables.get(to)!;
  const rows: Row[] = [];
  const names = new Set<Value>();
  for (const above of parents)
    for (let i = 0; i < spec.count(parameters); i++) {
      const row: Record<string, Value> = {};
      for (const column of columns)
        row[column.name] = column.name === parent ? above!.name! : column.draw(draw, row, above, rows);
      // Names are unique, so that a reverse look-up has one answer.
      const base = row.name!;
      for (let n = 2; names.has(row.name!); n++) row.name = `${base} ${n}`;
      names.add(row.name!);
      rows.push(row);
    }
  return rows;
}

const name = (draw: ColumnSpec["draw"]): ColumnSpec => ({ name: "name", type: "text", draw });

/** Columns in short. */
export const column = {
  /** A name of drawn parts. */
  named: (...parts: readonly (readonly string[])[]): ColumnSpec =>
    name((draw) => parts.map((part) => draw.one(part)).join(" ")),
  /** Names in the order of a list, each once. */
  listed: (names: readonly string[]): ColumnSpec =>
    name((_draw, _row, _above, rows) => names[rows.length % names.length]!),
  numbered: (word: string): ColumnSpec => name((_draw, _row, _above, rows) => `${word} ${rows.length + 1}`),
  parent: (column: string, to: string): ColumnSpec => ({ name: column, type: "reference", to, draw: () => "" }),
  whole: (column: string, low: number, high: number, unit?: string): ColumnSpec => ({
    ...{ name: column, type: "integer" as const, draw: (draw: Draw) => draw.integer(low, high) },
    ...(unit === undefined ? {} : { unit }),
  }),
  tenths: (column: string, low: number, high: number, unit?: string): ColumnSpec => ({
    ...{ name: column, type: "number" as const, draw: (draw: Draw) => draw.integer(low * 10, high * 10) / 10 },
    ...(unit === undefined ? {} : { unit }),
  }),
  one: (column: string, values: readonly string[]): ColumnSpec => ({
    name: column,
    type: "text",
    draw: (draw) => draw.one(values),
  }),
};
