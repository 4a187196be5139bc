/**
 * Solver: finds a plan by calling tools and by logic, as the report's solution functions must. It imports nothing of the world
 * but its words: rows come from calls, and calls are counted.
 */

import { type Access, type Constraint, isMet, partsOf, slotsOf } from "./constraints.js";

/** All a solver gets. */
export interface ToolClient {
  call(name: string, args: Readonly<Record<string, unknown>>): unknown;
}

/** What a task says about its tables: what the descriptions of tools say as well. */
export interface SolverTable {
  name: string;
  singular: string;
  columns: readonly string[];
  /** The table above it, by name. */
  parent?: string;
  lookup?: { tool: string; by: readonly string[] };
}

export interface Problem {
  tables: readonly SolverTable[];
  slots: readonly { id: string; table: string }[];
  constraints: readonly Constraint[];
}

export interface SolveLimits {
  /** Assignments tried. */
  nodes: number;
  /** Tool calls made. */
  calls: number;
}

export type Solved =
  | { plan: Record<string, string>; calls: number; nodes: number }
  | { plan: undefined; why: "no-plan" | "limit"; calls: number; nodes: number };

type Row = Readonly<Record<string, string | number>>;

class OutOfCalls extends Error {}

/** @param draw a number from 0 up to n - 1, for the order in which rows are tried */
export function solveWithTools(
  problem: Problem,
  client: ToolClient,
  limits: SolveLimits,
  draw: (n: number) => number,
): Solved {
  let calls = 0;
  const call = (name: string, args: Readonly<Record<string, unknown>>): unknown => {
    if (++calls > limits.calls) throw new OutOfCalls();
    return client.call(name, args);
  };
  try {
    const tables = fetchTables(problem, call);
    const search = new Search(problem, tables, call, limits.nodes, draw);
    const plan = search.run();
    if (plan) return { plan, calls, nodes: search.nodes };
    return { plan: undefined, why: search.nodes >= limits.nodes ? "limit" : "no-plan", calls, nodes: search.nodes };
  } catch (error) {
    if (!(error instanceof OutOfCalls)) throw error;
    return { plan: undefined, why: "limit", calls, nodes: 0 };
  }
}

type Call = (name: string, args: Readonly<Record<string, unknown>>) => unknown;

/** Rows of the tables that slots need, and of those above them: names page by page, then what is known of each. */
function fetchTables({ tables, slots }: Problem, call: Call): Map<string, Map<string, Row>> {
  const fetched = new Map<string, Map<string, Row>>();
  const fetch = (name: string): Map<string, Row> => {
    const known = fetched.get(name);
    if (known) return known;
    const { singular, columns, parent } = tables.find((table) => table.name === name)!;
    const rows = new Map<string, Row>();
    fetched.set(name, rows);
    const above = tables.find((table) => table.name === parent);
    const lists: [string, object][] = above
      ? [...fetch(above.name).keys()].map((key) => [`get_all_${name}_by_${above.singular}`, { [above.singular]: key }])
      : [[`get_all_${name}`, {}]];
    for (const [tool, args] of lists)
      for (let page = 1, pages = 1; page <= pages; page++) {
        const list = call(tool, { ...args, page }) as { names: string[]; pages: number };
        pages = list.pages;
        for (const key of list.names)
          rows.set(key, call(`get_infos_by_${singular}`, { keywords: columns, name: key }) as Row);
      }
    return rows;
  };
  for (const { table } of slots) fetch(table);
  return fetched;
}

/** A search that got nowhere begins anew, in another order of rows, as often. */
const RESTARTS = 8;

/**
 * Backtracking over rows that meet the constraints of their own slot, groups with few such rows first. Constraints are checked
 * when their last slot is filled, sums as soon as they cannot be met any more.
 */
class Search {
  nodes = 0;
  #allowed = 0;
  readonly #plan = new Map<string, string>();
  /** Rows that may be in a slot. */
  readonly #rows = new Map<string, Map<string, Row>>();
  readonly #looked = new Map<string, Row | undefined>();
  /** Slots in the order of search, and the constraints that can be judged with each. */
  readonly #order: string[];
  readonly #checks: Constraint[][];
  readonly #sums: SumCheck[];
  readonly #access: Access;

  constructor(
    private readonly problem: Problem,
    tables: ReadonlyMap<string, Map<string, Row>>,
    private readonly call: Call,
    private readonly limit: number,
    private readonly draw: (n: number) => number,
  ) {
    for (const { id, table } of problem.slots) this.#rows.set(id, tables.get(table)!);
    this.#access = {
      name: (slot) => this.#plan.get(slot),
      value: (slot, column) => this.#rows.get(slot)!.get(this.#plan.get(slot) ?? "")?.[column],
      lookup: (table, by, column) => this.#lookUp(table, by)?.[column],
    };
    const constraints = partsOf(problem.constraints);
    this.#narrow(constraints);
    this.#order = searchOrder(
      problem.slots.map(({ id }) => id),
      this.#rows,
    );
    const position = new Map(this.#order.map((id, i) => [id, i]));
    this.#checks = this.#order.map(() => []);
    for (const constraint of constraints)
      this.#checks[Math.max(...slotsOf(constraint).map((slot) => position.get(slot)!))]!.push(constraint);
    this.#sums = sumChecks(constraints, this.#rows, position);
  }

  run(): Record<string, string> | undefined {
    for (let i = 1; i <= RESTARTS; i++) {
      this.#allowed = (this.limit * i) / RESTARTS;
      this.#plan.clear();
      if (this.#fill(0)) return Object.fromEntries(this.#plan);
      if (this.nodes < this.#allowed) return undefined;
    }
    return undefined;
  }

  /** Leaves out rows that break a constraint of their slot alone, then those above with nothing left in them. */
  #narrow(constraints: readonly Constraint[]): void {
    for (const constraint of constraints) {
      const [slot, ...others] = new Set(slotsOf(constraint));
      if (slot === undefined || others.length > 0) continue;
      this.#keep(slot, (name) => {
        this.#plan.set(slot, name);
        return isMet(constraint, this.#access);
      });
      this.#plan.delete(slot);
    }
    for (const constraint of constraints) {
      if (constraint.type !== "within") continue;
      const inside = new Set([...this.#rows.get(constraint.slot)!.values()].map((row) => row[constraint.column]));
      this.#keep(constraint.of, (name) => inside.has(name));
    }
    for (const constraint of constraints)
      if (constraint.type === "within")
        this.#keep(constraint.slot, (name) =>
          this.#rows.get(constraint.of)!.has(`${this.#rows.get(constraint.slot)!.get(name)![constraint.column]}`),
        );
  }

  #keep(slot: string, wanted: (name: string) => boolean): void {
    this.#rows.set(slot, new Map([...this.#rows.get(slot)!].filter(([name]) => wanted(name))));
  }

  #fill(at: number): boolean {
    const slot = this.#order[at];
    if (slot === undefined) return true;
    for (const name of this.#candidates(at)) {
      if (++this.nodes > this.#allowed) return false;
      this.#plan.set(slot, name);
      const fits = this.#checks[at]!.every((constraint) => isMet(constraint, this.#access));
      if (fits && this.#sums.every((sum) => this.#sumMayFit(sum, at)) && this.#fill(at + 1)) return true;
      if (this.nodes > this.#allowed) return false;
    }
    this.#plan.delete(slot);
    return false;
  }

  /** Rows of a slot in a drawn order; only those within the row of a slot that is filled already. */
  #candidates(at: number): string[] {
    const id = this.#order[at]!;
    const rows = this.#rows.get(id)!;
    const within = this.#checks[at]!.find((check) => check.type === "within" && check.slot === id);
    let names = [...rows.keys()];
    if (within?.type === "within") {
      const above = this.#plan.get(within.of);
      names = names.filter((name) => rows.get(name)![within.column] === above);
    }
    for (let i = names.length - 1; i > 0; i--) {
      const j = this.draw(i + 1);
      [names[i], names[j]] = [names[j]!, names[i]!];
    }
    return names;
  }

  #sumMayFit({ constraint, terms }: SumCheck, at: number): boolean {
    let [least, most] = [0, 0];
    for (const { slot, column, position, low, high } of terms) {
      const value = position <= at ? Number(this.#access.value(slot, column)) : undefined;
      least += value ?? low;
      most += value ?? high;
    }
    return least <= (constraint.high ?? Infinity) + 1e-9 && most >= (constraint.low ?? -Infinity) - 1e-9;
  }

  #lookUp(table: string, by: Readonly<Record<string, string>>): Row | undefined {
    const { tool, by: columns } = this.problem.tables.find(({ name }) => name === table)!.lookup!;
    const args = Object.fromEntries(columns.map((column) => [column, by[column]!]));
    const key = JSON.stringify([tool, args]);
    if (!this.#looked.has(key)) this.#looked.set(key, this.call(tool, args) as Row | undefined);
    return this.#looked.get(key);
  }
}

/** Groups with the fewest rows first; within one, slots as they stand, so that rows above come before those within them. */
function searchOrder(slots: readonly string[], rows: ReadonlyMap<string, ReadonlyMap<string, Row>>): string[] {
  const groupOf = (slot: string) => slot.slice(0, slot.lastIndexOf("."));
  const weight = (group: string) =>
    slots.filter((slot) => groupOf(slot) === group).reduce((sum, slot) => sum + Math.log(rows.get(slot)!.size + 1), 0);
  const groups = [...new Set(slots.map(groupOf))].sort((a, b) => weight(a) - weight(b));
  return groups.flatMap((group) => slots.filter((slot) => groupOf(slot) === group));
}

interface SumCheck {
  constraint: { low?: number; high?: number };
  terms: { slot: string; column: string; position: number; low: number; high: number }[];
}

/** Sums over several slots, with the bounds of each term. */
function sumChecks(
  constraints: readonly Constraint[],
  rows: ReadonlyMap<string, ReadonlyMap<string, Row>>,
  position: ReadonlyMap<string, number>,
): SumCheck[] {
  return constraints.flatMap((constraint) => {
    if (constraint.type !== "between" || constraint.terms.length < 2) return [];
    const terms = constraint.terms.flatMap((term) => {
      if (!("slot" in term) || term.minus) return [];
      const values = [...rows.get(term.slot)!.values()].map((row) => Number(row[term.column]));
      return [{ ...term, position: position.get(term.slot)!, low: Math.min(...values), high: Math.max(...values) }];
    });
    return terms.length === constraint.terms.length ? [{ constraint, terms }] : [];
  });
}
