/** Scripted agents on worlds: random, greedy, and a solver with a limit; pass@k of each before any model is paid. */

import { Draw, hashText } from "@cachalot/tensor";
import { SynthesisError } from "../errors.js";
import type { Constraint } from "../pipelines/general/constraints.js";
import { PlanSpace } from "../pipelines/general/density.js";
import { problemOf } from "../pipelines/general/harden.js";
import { solveWithTools } from "../pipelines/general/solve.js";
import { openWorld } from "../pipelines/general/tools.js";
import type { Plan, World } from "../pipelines/general/world.js";
import type { TaskFolder } from "../task.js";

interface WorldTask {
  world: World;
  rules: readonly Constraint[];
  space: PlanSpace;
}

/** One attempt at a world; undefined: it gave up. */
type ScriptedAgent = (task: WorldTask, draw: Draw) => Plan | undefined;

const solver =
  (nodes: number): ScriptedAgent =>
  ({ world, rules }, draw) => {
    const open = openWorld(world);
    const call = (name: string, args: Readonly<Record<string, unknown>>) => {
      const outcome = open.call(name, args);
      return "result" in outcome ? outcome.result : undefined;
    };
    return solveWithTools(problemOf(world, rules), { call }, { nodes, calls: 20_000 }, (n) => draw.integer(0, n - 1))
      .plan;
  };

/** By name: a random plan within the structure; the best of fifty such by rules met; solvers of so many assignments. */
const SCRIPTED_AGENTS: Readonly<Record<string, ScriptedAgent>> = {
  random: ({ space }, draw) => space.sample(draw),
  greedy({ space, rules }, draw) {
    let best: { plan: Plan | undefined; met: number } = { plan: undefined, met: -1 };
    for (let i = 0; i < 50; i++) {
      const plan = space.sample(draw);
      const met = plan === undefined ? -1 : rules.filter((rule) => space.broken(plan, [rule]) === undefined).length;
      if (met > best.met) best = { plan, met };
    }
    return best.plan;
  },
  "solver-1000": solver(1000),
  "solver-100000": solver(100_000),
};

export interface ScriptedRow {
  agent: string;
  tasks: number;
  attempts: number;
  passAt1: number;
  /** Share of tasks that one of `attempts` solved. */
  passAtK: number;
}

/**
 * Lets every scripted agent attempt every task so many times.
 * @throws SynthesisError `invalid_task` for tasks that are no worlds
 */
export function* measureScripted(tasks: readonly TaskFolder[], attempts: number, seed: number): Generator<ScriptedRow> {
  const worlds = tasks.map(worldTask);
  for (const [agent, act] of Object.entries(SCRIPTED_AGENTS)) {
    let [passed, solved] = [0, 0];
    for (const [i, task] of worlds.entries()) {
      const draw = new Draw(hashText(`${agent} ${seed} ${i}`));
      let wins = 0;
      for (let k = 0; k < attempts; k++) {
        const plan = act(task, draw);
        if (plan !== undefined && task.space.broken(plan, task.rules) === undefined) wins++;
      }
      passed += wins;
      if (wins > 0) solved++;
    }
    const all = Math.max(1, worlds.length);
    yield { agent, tasks: worlds.length, attempts, passAt1: passed / (all * attempts), passAtK: solved / all };
  }
}

function worldTask({ name, tests }: TaskFolder): WorldTask {
  const file = tests.get("task.json");
  if (!file)
    throw new SynthesisError("invalid_task", `${name} is no world with rules; scripted agents play general tasks only`);
  const { world, rules } = JSON.parse(file.data.toString("utf8")) as { world: World; rules: Constraint[] };
  const structure = rules.filter(({ type }) => type === "within" || type === "different");
  return { world, rules, space: new PlanSpace(world, structure) };
}
