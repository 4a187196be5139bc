/** General-agent pipeline: a schema's rows, tools and rules, revised and made harder until a random plan has no chance. */

import { Draw, hashText } from "@cachalot/tensor";
import * as z from "zod";
import { definePipeline } from "../../pipeline.js";
import { generalTask } from "./general-task.js";
import { harden } from "./harden.js";
import { buildWorld } from "./schema.js";
import { WORLDS } from "./worlds/index.js";

const options = z.strictObject({
  /** Tasks drawn of each world. */
  count: z.number().int().min(1).max(100_000).default(52),
  seed: z.number().int().min(0).default(0),
  levels: z.array(z.number().int().min(0).max(2)).min(1).default([0, 1, 2]),
  /** By name; default all. */
  worlds: z.array(z.enum(WORLDS.map(({ name }) => name) as [string, ...string[]])).optional(),
  /** Density of valid answers, at most. */
  density: z.number().gt(0).lt(1).default(1e-4),
});

interface Draft {
  world: string;
  level: number;
  seed: number;
}

export const general = definePipeline<z.output<typeof options>, Draft>({
  name: "general",
  kind: "general",
  description: "worlds from schemas: derived tools, rules, a solver through tools only, a measured density",
  options,

  *seeds({ count, seed, levels, worlds }) {
    for (let i = 0; i < count; i++)
      for (const { name } of WORLDS) {
        if (worlds && !worlds.includes(name)) continue;
        const level = levels[i % levels.length]!;
        yield {
          key: `${name}-${level}-${seed}-${i}`,
          data: { world: name, level, seed: hashText(`${name} ${seed} ${i}`) },
        };
      }
  },

  async *candidates({ key, data: { world: name, level, seed } }, { density: target }, context) {
    const spec = WORLDS.find((spec) => spec.name === name)!;
    const draw = new Draw(seed);
    const parameters = spec.parameters(draw, level);
    const world = await context.stage("world", () => buildWorld(spec, parameters, draw));
    if (world === undefined) return;
    const [structure, rules] = [spec.structure(parameters), spec.rules?.(parameters) ?? []];
    const hard = await context.stage("harden", () =>
      harden(world, {
        ...{ structure, rules, draw },
        target: Math.min(target, spec.target ?? 1),
        telling: spec.telling,
      }),
    );
    if (hard === undefined) return;
    yield await generalTask({
      ...{ world, request: spec.request(parameters), constraints: hard.constraints, plan: hard.plan },
      record: {
        id: key,
        provenance: {
          source: `schema ${name}, rows made up`,
          licence: spec.licence ?? "MIT",
          seed: `${seed}`,
          hashes: {},
        },
        difficulty: {
          ...{ level, slots: world.slots.length, rules: hard.constraints.length - structure.length },
          ...{
            density_below: hard.density.bound,
            density_start: hard.start.share,
            solver_calls: hard.calls,
            solver_nodes: hard.nodes,
          },
        },
        evidence: { density: hard.density, dropped_rules: hard.dropped, parameters },
      },
    });
  },
});
