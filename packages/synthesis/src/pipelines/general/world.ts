/** World: typed tables that relate to each other, and the slots an answer fills with their rows. Plain JSON. */

export type Value = string | number;
export type Row = Readonly<Record<string, Value>>;

export interface Column {
  name: string;
  type: "text" | "integer" | "number" | "date" | "reference";
  /** The table a reference leads to. */
  to?: string;
  /** CNY, minutes, kilograms: for people. */
  unit?: string;
}

export interface Table {
  /** Plural: `hotels`. */
  name: string;
  /** `hotel`. */
  singular: string;
  columns: readonly Column[];
  /** The column whose reference groups the rows: hotels of a city. Rows of a table without one are listed all together. */
  parent?: string;
  /** For relations, whose rows have no name: the tool that looks them up, and by which columns. */
  lookup?: { tool: string; by: readonly string[] };
  rows: readonly Row[];
}

/** A place in an answer: day 1's hotel, which is a row of `hotels`. */
export interface Slot {
  group: string;
  name: string;
  table: string;
}

export interface World {
  name: string;
  /** A sentence for the instruction. */
  description: string;
  tables: readonly Table[];
  slots: readonly Slot[];
}

/** The row of each slot, by `slotId`. */
export type Plan = Readonly<Record<string, string>>;

export const slotId = ({ group, name }: Slot): string => `${group}.${name}`;

export const tableOf = ({ tables }: World, name: string): Table => {
  const table = tables.find((table) => table.name === name);
  if (!table) throw new RangeError(`the world has no table ${name}`);
  return table;
};

/** Rows by name, for tables whose rows have one. */
export const rowsByName = ({ rows }: Table): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.name as string, row]));
