/**
 * Revise and harden: proposals that leave no plan are dropped by name, then constraints are added until the measured density of
 * valid answers is below the target, and the solver still finds one.
 */

import type { Draw } from "@cachalot/tensor";
import { Dropped } from "../../pipeline.js";
import type { Constraint } from "./constraints.js";
import { type Density, measureDensity, PlanSpace } from "./density.js";
import { propose } from "./propose.js";
import { inWords } from "./prose.js";
import { type Problem, type Solved, type SolveLimits, solveWithTools } from "./solve.js";
import { openWorld } from "./tools.js";
import { type Plan, slotId, type World } from "./world.js";

export interface Hardened {
  /** Structure, the world's own rules, and what was added. */
  constraints: Constraint[];
  plan: Plan;
  density: Density;
  /** Density before anything was added. */
  start: Density;
  /** Constraints that were dropped, as no plan met them with the others. */
  dropped: string[];
  calls: number;
  nodes: number;
}

export interface HardenOptions {
  structure: readonly Constraint[];
  rules: readonly Constraint[];
  telling: readonly string[] | undefined;
  /** Density of valid answers, at most. */
  target: number;
  draw: Draw;
}

/** Constraints a person still reads. */
const MOST_ADDED = 12;
/** A constraint that leaves more of the plans it is tried on adds words, and no difficulty. */
const MOST_LEFT = 0.75;
/** Plans that constraints are tried on before the density is measured. */
const POOL = 2000;
/** Valid plans among the samples that show the density is too high still. */
const TELLING = 30;
const LIMITS = { nodes: 400_000, calls: 20_000 };
const QUICK = { nodes: 20_000, calls: 20_000 };

/** @throws Dropped `no-plan`, `not-hard-enough`, `unsolved` */
export function harden(world: World, { structure, rules, telling, target, draw }: HardenOptions): Hardened {
  const space = new PlanSpace(world, structure);
  const slots = world.slots.map(slotId);
  let pool: Plan[] = [];
  const measure = (samples: number, constraints: readonly Constraint[], most: number): Density => {
    pool = [];
    return measureDensity(space, constraints, samples, draw, (plan) => pool.push(plan), most);
  };
  /** Plans that are to become invalid: all but the one that stays. */
  const others = (constraints: readonly Constraint[]) => {
    const own = JSON.stringify(slots.map((slot) => plan[slot]));
    return pool.filter(
      (other) =>
        JSON.stringify(slots.map((slot) => other[slot])) !== own && space.broken(other, constraints) === undefined,
    );
  };
  const start = measure(POOL, rules, POOL);
  const revised = revise(world, [...structure, ...rules], strangers(space, telling, draw), draw);
  const { plan } = revised;
  const added = [...revised.kept];
  pool = others(added);
  for (let tries = 0; tries < 400; tries++) {
    if (pool.length === 0) {
      const density = measure(Math.ceil(3 / target), [...added.toReversed(), ...rules], TELLING);
      if (density.bound <= target) return finish(density);
      pool = others([]);
      if (pool.length === 0) throw new Dropped("not-hard-enough", "the world has too few plans for one to be rare");
    }
    if (added.length === MOST_ADDED) break;
    const next = propose(space, plan, telling, draw);
    if (next === undefined || space.broken(plan, [next])) continue;
    const left = others([next]);
    if (left.length > MOST_LEFT * pool.length) continue;
    added.push(next);
    pool = left;
  }
  throw new Dropped("not-hard-enough", `${added.length} constraints leave more than ${target}`);

  function finish(density: Density): Hardened {
    const constraints = named([...structure, ...rules, ...added]);
    const solved = solve(world, constraints, LIMITS, draw);
    if (solved.plan === undefined)
      throw new Dropped("unsolved", `${solved.why} after ${solved.nodes} nodes, ${solved.calls} calls`);
    const { calls, nodes } = solved;
    return { ...{ constraints, plan: solved.plan, density, start }, ...{ dropped: revised.dropped, calls, nodes } };
  }
}

/** What a person without the tables would ask for: each from another plan, so that they may contradict one another. */
function strangers(space: PlanSpace, telling: readonly string[] | undefined, draw: Draw): Constraint[] {
  return Array.from({ length: 3 }, () => propose(space, anyPlan(space, draw), telling, draw)).filter(
    (one) => one !== undefined,
  );
}

/** A structural plan. @throws Dropped `no-plan` */
function anyPlan(space: PlanSpace, draw: Draw): Plan {
  for (let i = 0; i < 1000; i++) {
    const plan = space.sample(draw);
    if (plan !== undefined) return plan;
  }
  throw new Dropped("no-plan", "a thousand drawn plans break the structure");
}

/** Drops proposals until the solver finds a plan: of those without which it does, the last one goes. */
function revise(
  world: World,
  fixed: readonly Constraint[],
  proposals: readonly Constraint[],
  draw: Draw,
): { kept: Constraint[]; plan: Plan; dropped: string[] } {
  const kept = [...proposals];
  const dropped: string[] = [];
  for (;;) {
    const solved = solve(world, [...fixed, ...kept], QUICK, draw);
    if (solved.plan) return { kept, plan: solved.plan, dropped };
    if (kept.length === 0) throw new Dropped("no-plan", "the world's own rules leave no plan");
    const culprit =
      kept.findLast((one) => solve(world, [...fixed, ...kept.filter((other) => other !== one)], QUICK, draw).plan) ??
      kept.at(-1)!;
    kept.splice(kept.indexOf(culprit), 1);
    dropped.push(inWords(culprit));
  }
}

function solve(world: World, constraints: readonly Constraint[], limits: SolveLimits, draw: Draw): Solved {
  return solveWithTools(problemOf(world, constraints), clientOf(world), limits, (n) => draw.integer(0, n - 1));
}

/** What a solver is told. */
export function problemOf({ tables, slots }: World, constraints: readonly Constraint[]): Problem {
  return {
    tables: tables.map(({ name, singular, columns, parent, lookup }) => {
      const to = columns.find((column) => column.name === parent)?.to;
      return {
        ...{ name, singular, columns: columns.map((column) => column.name) },
        ...(to === undefined ? {} : { parent: to }),
        ...(lookup === undefined ? {} : { lookup }),
      };
    }),
    slots: slots.map((slot) => ({ id: slotId(slot), table: slot.table })),
    constraints,
  };
}

/** Calls to an open world, as a solver makes them: what cannot be answered is undefined. */
function clientOf(world: World) {
  const open = openWorld(world);
  return {
    call(name: string, args: Readonly<Record<string, unknown>>) {
      const outcome = open.call(name, args);
      return "result" in outcome ? outcome.result : undefined;
    },
  };
}

/** By a name each, which the verifier tells. */
const named = (constraints: readonly Constraint[]): Constraint[] =>
  constraints.map((constraint, i) => ({ name: `rule ${i + 1}`, ...constraint }));
