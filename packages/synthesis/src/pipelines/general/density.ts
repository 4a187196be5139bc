/** Density of valid answers: the chance of a random plan that keeps to the structure, by sampling with a bound. */

import type { Draw } from "@cachalot/tensor";
import { type Access, type Constraint, isMet, partsOf, slotsOf } from "./constraints.js";
import { groupBy } from "./group-by.js";
import { type Plan, type Row, rowsByName, slotId, tableOf, type World } from "./world.js";

const REDRAWS = 8;

interface SampledSlot {
  id: string;
  /** Rows that may be here whatever stands elsewhere. */
  names: readonly string[];
  within?: { column: string; of: string };
  /** What must hold of this slot and those before it. */
  rest: readonly Constraint[];
}

/** A world with what sampling and judging plans of it need. The generator's side: no solver sees it. */
export class PlanSpace {
  readonly #rows: ReadonlyMap<string, ReadonlyMap<string, Row>>;
  readonly #slots: readonly SampledSlot[];
  readonly #inside = new Map<string, ReadonlyMap<string, readonly string[]>>();
  readonly #relations = new Map<string, ReadonlyMap<string, Row>>();

  /** @param structure what every sensible plan keeps to, judged as soon as its last slot is filled */
  constructor(
    readonly world: World,
    readonly structure: readonly Constraint[],
  ) {
    this.#rows = new Map(world.slots.map((slot) => [slotId(slot), rowsByName(tableOf(world, slot.table))]));
    for (const { name, lookup, rows } of world.tables)
      if (lookup)
        this.#relations.set(name, new Map(rows.map((row) => [lookup.by.map((column) => row[column]).join("\0"), row])));
    const ids = world.slots.map(slotId);
    const parts = partsOf(structure);
    this.#slots = ids.map((id, at) => {
      const own = parts.filter((one) => Math.max(...slotsOf(one).map((slot) => ids.indexOf(slot))) === at);
      const within = own.find((one) => one.type === "within" && one.slot === id);
      const fixed = own.filter((one) => one.type === "is");
      const names = [...this.#rows.get(id)!]
        .filter(([, row]) => fixed.every((one) => one.type === "is" && row[one.column] === one.value))
        .map(([name]) => name);
      const rest = own.filter((one) => one !== within && one.type !== "is");
      return {
        id,
        names,
        rest,
        ...(within?.type === "within" ? { within: { column: within.column, of: within.of } } : {}),
      };
    });
    for (const { id, names, within } of this.#slots)
      if (within)
        this.#inside.set(
          id,
          groupBy(names, (name) => this.#rows.get(id)!.get(name)![within.column] as string),
        );
  }

  /** A plan slot by slot, each uniform among the rows that the structure leaves; undefined where it leaves none. */
  sample(draw: Draw): Plan | undefined {
    const plan: Record<string, string> = {};
    const access = this.access(plan);
    for (const { id, names, within, rest } of this.#slots) {
      const inside = within ? (this.#inside.get(id)!.get(plan[within.of]!) ?? []) : names;
      const fits = (name: string) => {
        plan[id] = name;
        return rest.every((constraint) => isMet(constraint, access));
      };
      if (inside.length === 0) return undefined;
      // Drawn until one fits, which is uniform among those that do; where few do, among them.
      for (let i = 0; ; i++) {
        const name = draw.one(inside);
        if (fits(name)) break;
        if (i < REDRAWS) continue;
        const free = inside.filter(fits);
        if (free.length === 0) return undefined;
        plan[id] = draw.one(free);
        break;
      }
    }
    return plan;
  }

  access(plan: Plan): Access {
    return {
      name: (slot) => plan[slot],
      value: (slot, column) => this.#rows.get(slot)?.get(plan[slot] ?? "")?.[column],
      lookup: (table, by, column) => {
        const { lookup } = tableOf(this.world, table);
        return this.#relations.get(table)!.get(lookup!.by.map((name) => by[name]).join("\0"))?.[column];
      },
    };
  }

  /** The first constraint that a plan does not meet. */
  broken(plan: Plan, constraints: readonly Constraint[]): Constraint | undefined {
    const access = this.access(plan);
    return constraints.find((constraint) => !isMet(constraint, access));
  }
}

export interface Density {
  samples: number;
  valid: number;
  /** Of the samples. */
  share: number;
  /** 95 %, one-sided: the density is below this. */
  bound: number;
}

/**
 * @param found takes the plans that are valid
 * @param most valid plans after which sampling ends: enough to know that there are too many
 */
export function measureDensity(
  space: PlanSpace,
  constraints: readonly Constraint[],
  samples: number,
  draw: Draw,
  found: (plan: Plan) => void = () => {},
  most = Infinity,
): Density {
  let [valid, drawn] = [0, 0];
  while (drawn < samples && valid < most) {
    drawn++;
    const plan = space.sample(draw);
    if (plan === undefined || space.broken(plan, constraints) !== undefined) continue;
    valid++;
    found(plan);
  }
  return { samples: drawn, valid, share: valid / drawn, bound: upperBound(valid, drawn) };
}

/** Wilson's upper bound at z = 1.645; for no hits in n it is 2.7 / n. */
function upperBound(valid: number, samples: number): number {
  const z2 = 1.645 ** 2;
  const share = valid / samples;
  const spread = Math.sqrt((z2 * share * (1 - share)) / samples + z2 ** 2 / (4 * samples ** 2));
  return (share + z2 / (2 * samples) + spread) / (1 + z2 / samples);
}
